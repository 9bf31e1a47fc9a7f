// Package pricing knows the prices of products, which are another team's: Pricing's.
package pricing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

const (
	timeout            = 2 * time.Second
	maxIdleConnections = 100
)

// ErrUnavailable is for what Pricing has not answered.
var ErrUnavailable = errors.New("Pricing does not answer")

// Client asks Pricing.
type Client struct {
	url  string
	http *http.Client
}

// NewClient makes a client of the Pricing at this URL.
func NewClient(pricingURL string) *Client {
	return &Client{pricingURL, &http.Client{
		Timeout:   timeout,
		Transport: &http.Transport{MaxIdleConnsPerHost: maxIdleConnections},
		// Pricing does not redirect. An answer that does is a failure like any other.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Prices gives the prices in cents of these skus: those that were agreed with the customer, else the list prices.
// Without a customer, which is "", all are list prices. A price is nil where there is none.
func (c *Client) Prices(ctx context.Context, customer string, skus []string) ([]*int64, error) {
	prices := make([]*int64, len(skus))
	for i, sku := range skus {
		price, err := c.price(ctx, customer, sku)
		if err != nil {
			return nil, err
		}
		prices[i] = price
	}
	return prices, nil
}

func (c *Client) price(ctx context.Context, customer, sku string) (*int64, error) {
	if customer != "" {
		own, err := c.ownPrice(ctx, customer, sku)
		if err != nil || own != nil {
			return own, err
		}
	}
	return c.listPrice(ctx, sku)
}

func (c *Client) listPrice(ctx context.Context, sku string) (*int64, error) {
	return c.ask(ctx, "prices", sku)
}

func (c *Client) ownPrice(ctx context.Context, customer, sku string) (*int64, error) {
	return c.ask(ctx, "customers", customer, "prices", sku)
}

func (c *Client) ask(ctx context.Context, path ...string) (*int64, error) {
	address, err := url.JoinPath(c.url, path...)
	if err != nil {
		return nil, fmt.Errorf("make an address of PRICING_URL: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("make a request to Pricing: %w", err)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	defer response.Body.Close()
	// The body is read to its end in any case: only then the connection is used again.
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	switch response.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound:
		return nil, nil
	default:
		return nil, fmt.Errorf("%w: its status is %d", ErrUnavailable, response.StatusCode)
	}
	var price struct {
		Cents *int64 `json:"cents"`
	}
	if err := json.Unmarshal(body, &price); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	if price.Cents == nil {
		return nil, fmt.Errorf("%w: its answer has no price", ErrUnavailable)
	}
	return price.Cents, nil
}
