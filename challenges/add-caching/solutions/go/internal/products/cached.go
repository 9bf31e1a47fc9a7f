package products

import (
	"context"

	"catalogue/internal/cache"
)

// Cached is a store of which products and lists are kept in the cache. The lists have the products in them.
type Cached struct {
	store *Store
	cache *cache.Cache
}

// NewCached puts a cache before a store.
func NewCached(store *Store, cache *cache.Cache) *Cached { return &Cached{store, cache} }

// Find gives the product with this sku, or nil if there is none.
func (c *Cached) Find(ctx context.Context, sku string) (*Product, error) {
	return cache.Get(ctx, c.cache, productThing(sku), func(ctx context.Context) (*Product, error) {
		return c.store.Find(ctx, sku)
	})
}

// OfCategory gives all products of a category, by sku.
func (c *Cached) OfCategory(ctx context.Context, category string) ([]Product, error) {
	return cache.Get(ctx, c.cache, categoryThing(category), func(ctx context.Context) ([]Product, error) {
		return c.store.OfCategory(ctx, category)
	})
}

// Put makes a product or replaces it, and tells which of both.
func (c *Cached) Put(ctx context.Context, p Product) (made bool, err error) {
	// A client that goes away must not keep the cache from hearing of what is written.
	made, before, err := c.store.Put(context.WithoutCancel(ctx), p)
	if err != nil {
		return false, err
	}
	c.written(p.SKU, before, p.Category)
	return made, nil
}

// Delete removes a product, and tells whether there was one.
func (c *Cached) Delete(ctx context.Context, sku string) (found bool, err error) {
	found, before, err := c.store.Delete(context.WithoutCancel(ctx), sku)
	if err != nil || !found {
		return false, err
	}
	c.written(sku, before)
	return true, nil
}

func (c *Cached) written(sku string, categories ...string) {
	things := []string{productThing(sku)}
	for _, category := range categories {
		things = append(things, categoryThing(category))
	}
	// If Redis is not told, what it has of before expires soon.
	_ = c.cache.Invalidate(things...)
}

func productThing(sku string) string       { return "product:" + sku }
func categoryThing(category string) string { return "category:" + category }
