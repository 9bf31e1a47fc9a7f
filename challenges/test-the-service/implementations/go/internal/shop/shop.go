// Package shop knows what there is, and what may be done with it.
package shop

import (
	"errors"
	"slices"
	"strconv"
	"sync"
	"time"
)

// What can be wrong with a request, whoever asks.
var (
	ErrNoProduct  = errors.New("no such product")
	ErrNoOrder    = errors.New("no such order")
	ErrSKUTaken   = errors.New("another product has this sku")
	ErrUnknownSKU = errors.New("an item names a product that does not exist")
	ErrOutOfStock = errors.New("too little is left of an item")
	ErrWrongState = errors.New("the order is not open any more")
	ErrKeyReused  = errors.New("the idempotency key was used with another order")
)

// firstID is the id of the first order.
const firstID = 100_000

// Product is something for sale.
type Product struct {
	SKU        string
	Name       string
	PriceCents int64
	Stock      int64
}

// Change is what is to be changed of a product; nil where it stays as it is.
type Change struct {
	PriceCents *int64
	Stock      *int64
}

// Wanted is an item as it is asked for.
type Wanted struct {
	SKU      string
	Quantity int64
}

// Request asks for an order.
type Request struct {
	Customer string
	Items    []Wanted
}

func (r Request) equal(other Request) bool {
	return r.Customer == other.Customer && slices.Equal(r.Items, other.Items)
}

// used is what an idempotency key was first used for.
type used struct {
	request Request
	order   int
}

// Shop is safe for use by many goroutines.
type Shop struct {
	mu       sync.Mutex
	products map[string]*Product
	// The oldest first; an order's place is its number.
	orders []*Order
	keys   map[string]used
}

// New is an empty shop.
func New() *Shop {
	return &Shop{products: make(map[string]*Product), keys: make(map[string]used)}
}

// Add adds a product.
func (s *Shop) Add(product Product) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, taken := s.products[product.SKU]; taken {
		return ErrSKUTaken
	}
	s.products[product.SKU] = &product
	return nil
}

// Product is the one with a sku.
func (s *Shop) Product(sku string) (Product, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	product, known := s.products[sku]
	if !known {
		return Product{}, ErrNoProduct
	}
	return *product, nil
}

// Change changes a product.
func (s *Shop) Change(sku string, change Change) (Product, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	product, known := s.products[sku]
	if !known {
		return Product{}, ErrNoProduct
	}
	if change.PriceCents != nil {
		product.PriceCents = *change.PriceCents
	}
	if change.Stock != nil {
		product.Stock = *change.Stock
	}
	return *product, nil
}

// Place makes an order, or finds the one that the same request has made with this key; isNew tells
// which. Without a key there is none to find.
func (s *Shop) Place(request Request, key string) (order Order, isNew bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if before, known := s.keys[key]; known && key != "" {
		if !before.request.equal(request) {
			return Order{}, false, ErrKeyReused
		}
		return *s.orders[before.order], false, nil
	}

	items, err := s.price(request.Items)
	if err != nil {
		return Order{}, false, err
	}
	for _, item := range items {
		s.products[item.SKU].Stock -= item.Quantity
	}
	number := len(s.orders)
	made := &Order{
		ID:        strconv.Itoa(firstID + number),
		Customer:  request.Customer,
		Status:    Open,
		Items:     items,
		CreatedAt: time.Now(),
	}
	s.orders = append(s.orders, made)
	if key != "" {
		s.keys[key] = used{request, number}
	}
	return *made, true, nil
}

// price puts today's prices on what is wanted, if all of it is there.
func (s *Shop) price(wanted []Wanted) ([]Item, error) {
	items := make([]Item, 0, len(wanted))
	for _, want := range wanted {
		product, known := s.products[want.SKU]
		if !known {
			return nil, ErrUnknownSKU
		}
		if product.Stock < want.Quantity {
			return nil, ErrOutOfStock
		}
		items = append(items, Item{want.SKU, want.Quantity, product.PriceCents})
	}
	return items, nil
}

// Order is the one with an id.
func (s *Shop) Order(id string) (Order, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	order, err := s.find(id)
	if err != nil {
		return Order{}, err
	}
	return *order, nil
}

// Pay makes an open order a paid one.
func (s *Shop) Pay(id string) (Order, error) {
	return s.close(id, Paid)
}

// Cancel makes an open order a cancelled one, and gives back what it took.
func (s *Shop) Cancel(id string) (Order, error) {
	return s.close(id, Cancelled)
}

func (s *Shop) close(id string, status Status) (Order, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	order, err := s.find(id)
	if err != nil {
		return Order{}, err
	}
	if order.Status != Open {
		return Order{}, ErrWrongState
	}
	order.Status = status
	if status == Cancelled {
		for _, item := range order.Items {
			s.products[item.SKU].Stock += item.Quantity
		}
	}
	return *order, nil
}

func (s *Shop) find(id string) (*Order, error) {
	number, err := strconv.Atoi(id)
	if err != nil || number < firstID || number >= firstID+len(s.orders) {
		return nil, ErrNoOrder
	}
	return s.orders[number-firstID], nil
}

// Filter says which orders are listed; where it is empty, all are.
type Filter struct {
	Customer string
	Status   Status
}

// Newest lists at most limit orders, the newest first, of those before the given number. The second
// result is the number that the next page comes before, or 0 if this is the last one.
func (s *Shop) Newest(filter Filter, before, limit int) ([]Order, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	shown := make([]Order, 0, limit)
	next := 0
	for number := min(before, len(s.orders)) - 1; number >= 0; number-- {
		order := s.orders[number]
		if (filter.Customer != "" && order.Customer != filter.Customer) ||
			(filter.Status != "" && order.Status != filter.Status) {
			continue
		}
		if len(shown) == limit {
			return shown, next
		}
		shown = append(shown, *order)
		next = number
	}
	return shown, 0
}
