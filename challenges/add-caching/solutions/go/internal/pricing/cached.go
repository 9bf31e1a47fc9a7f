package pricing

import (
	"context"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"catalogue/internal/cache"

	"golang.org/x/sync/errgroup"
)

const (
	// For so long the last price is better than none, if Pricing fails.
	lastPriceLife = 5 * time.Minute
	maxAtOnce     = 20

	// All prices belong to this, and each to its sku besides.
	allPrices = "prices"
)

// Cached is a client whose prices are kept in the cache.
type Cached struct {
	client *Client
	cache  *cache.Cache
	// A price change that Redis could not be told of.
	missed atomic.Bool
}

// NewCached puts a cache before a client.
func NewCached(client *Client, cache *cache.Cache) *Cached {
	return &Cached{client: client, cache: cache}
}

// quote is what Pricing said, and when it was asked.
type quote struct {
	Cents *int64    `json:"cents"`
	Asked time.Time `json:"asked"`
}

func (q *quote) youngerThan(age time.Duration) bool { return q != nil && time.Since(q.Asked) < age }

// source is one of Pricing's routes for a product, and what it said last.
type source struct {
	ask  func(context.Context) (*int64, error)
	key  cache.Key
	last *quote
}

// Prices gives the prices in cents of these skus: those that were agreed with the customer, else the list prices.
// Without a customer, which is "", all are list prices. A price is nil where there is none.
func (c *Cached) Prices(ctx context.Context, customer string, skus []string) ([]*int64, error) {
	if len(skus) == 0 {
		return nil, nil
	}
	sources := c.sources(customer, skus)
	prices := make([]*int64, len(skus))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(maxAtOnce)
	for i := range skus {
		group.Go(func() (err error) {
			prices[i], err = c.price(ctx, sources[i])
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return prices, nil
}

// Changed makes all prices of a sku unknown, for everybody.
func (c *Cached) Changed(sku string) {
	if err := c.cache.Invalidate(skuThing(sku)); err != nil {
		c.missed.Store(true)
	}
}

// Last prices are kept for too long to let them expire when Redis has missed a change. So all are given up, as soon as
// Redis is well.
func (c *Cached) catchUp() {
	if c.cache.Resting() || !c.missed.CompareAndSwap(true, false) {
		return
	}
	if err := c.cache.Invalidate(allPrices); err != nil {
		c.missed.Store(true)
	}
}

// sources are those of each sku, in the order in which they are asked until one knows a price.
func (c *Cached) sources(customer string, skus []string) [][]source {
	c.catchUp()
	things := []string{allPrices}
	for _, sku := range skus {
		things = append(things, skuThing(sku))
	}
	generations := c.cache.Generations(things...)
	var all []source
	for _, sku := range skus {
		if customer != "" {
			all = append(all, source{
				ask: func(ctx context.Context) (*int64, error) { return c.client.ownPrice(ctx, customer, sku) },
				key: generations.Key("price:"+sku+":"+customer, allPrices, skuThing(sku)),
			})
		}
		all = append(all, source{
			ask: func(ctx context.Context) (*int64, error) { return c.client.listPrice(ctx, sku) },
			key: generations.Key("price:"+sku, allPrices, skuThing(sku)),
		})
	}
	keys := make([]cache.Key, len(all))
	for i := range all {
		keys[i] = all[i].key
	}
	for i, last := range cache.Read[quote](c.cache, keys...) {
		all[i].last = last
	}
	return slices.Collect(slices.Chunk(all, len(all)/len(skus)))
}

func (c *Cached) price(ctx context.Context, sources []source) (*int64, error) {
	for _, s := range sources {
		cents, err := c.current(ctx, s)
		if err != nil || cents != nil {
			return cents, err
		}
	}
	return nil, nil
}

func (c *Cached) current(ctx context.Context, s source) (*int64, error) {
	if s.last.youngerThan(cache.Fresh) {
		return s.last.Cents, nil
	}
	current, err := cache.Share(ctx, c.cache, s.key, func(ctx context.Context) (*quote, error) {
		// Another load may have ended since this one was found to be needed.
		if again := cache.Read[quote](c.cache, s.key)[0]; again.youngerThan(cache.Fresh) {
			return again, nil
		}
		asked := time.Now()
		cents, err := s.ask(ctx)
		if err != nil {
			return nil, err
		}
		answered := &quote{cents, asked}
		c.cache.Write(s.key, answered, asked.Add(lastPriceLife))
		return answered, nil
	})
	if err == nil {
		return current.Cents, nil
	}
	if s.last.youngerThan(lastPriceLife) {
		slog.Warn("the last price is answered", "asked", s.last.Asked, "error", err)
		return s.last.Cents, nil
	}
	return nil, err
}

func skuThing(sku string) string { return "prices:" + sku }
