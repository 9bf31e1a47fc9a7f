package product

import (
	"net/http"

	"orders/internal/auth"
	"orders/internal/web"
)

// Endpoints answer requests about products.
type Endpoints struct {
	store   *Store
	cursors web.Cursors
}

// NewEndpoints answers from a store.
func NewEndpoints(store *Store, cursors web.Cursors) *Endpoints {
	return &Endpoints{store, cursors}
}

// Add is POST /products.
func (e *Endpoints) Add(w http.ResponseWriter, r *http.Request, _ auth.Identity) error {
	fields, err := web.ReadBody(w, r, "sku", "name", "price_cents", "stock")
	if err != nil {
		return err
	}
	wanted := Product{
		SKU:        ReadSKU(fields),
		Name:       readName(fields),
		PriceCents: readPrice(fields),
		Stock:      fields.Integer("stock", 0, MaxStock),
	}
	if err := fields.Err(); err != nil {
		return err
	}
	added, err := e.store.add(r.Context(), wanted)
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/products/"+added.SKU)
	return web.Tagged(w, http.StatusCreated, added.Version, added)
}

// List is GET /products.
func (e *Endpoints) List(w http.ResponseWriter, r *http.Request, _ auth.Identity) error {
	query := web.ReadQuery(r)
	limit := query.Limit()
	wanted := readFilter(query)
	if err := query.Err(); err != nil {
		return err
	}
	var after *position
	if cursor, has := query.Text("cursor"); has {
		after = new(position)
		if err := e.cursors.Open(wanted, cursor, after); err != nil {
			return err
		}
	}

	// One more than is shown tells whether there is a next page.
	products, err := e.store.list(r.Context(), wanted, after, limit+1)
	if err != nil {
		return err
	}
	answer := page{Products: products}
	if len(products) > limit {
		last := products[limit-1]
		next, err := e.cursors.Seal(wanted, position{last.SKU, last.PriceCents})
		if err != nil {
			return err
		}
		answer = page{products[:limit], &next}
	}
	return web.JSON(w, http.StatusOK, answer)
}

// Get is GET /products/{sku}.
func (e *Endpoints) Get(w http.ResponseWriter, r *http.Request, _ auth.Identity) error {
	sku, err := pathSKU(r)
	if err != nil {
		return err
	}
	found, err := e.store.get(r.Context(), sku)
	if err != nil {
		return err
	}
	return web.Tagged(w, http.StatusOK, found.Version, found)
}

// Change is PATCH /products/{sku}.
func (e *Endpoints) Change(w http.ResponseWriter, r *http.Request, _ auth.Identity) error {
	sku, err := pathSKU(r)
	if err != nil {
		return err
	}
	match, err := web.ReadMatch(r)
	if err != nil {
		return err
	}
	fields, err := web.ReadBody(w, r, "name", "price_cents")
	if err != nil {
		return err
	}
	changed, err := readChange(fields)
	if err != nil {
		return err
	}
	after, err := e.store.change(r.Context(), sku, match, changed)
	if err != nil {
		return err
	}
	return web.Tagged(w, http.StatusOK, after.Version, after)
}

// AdjustStock is POST /products/{sku}/stock.
func (e *Endpoints) AdjustStock(w http.ResponseWriter, r *http.Request, _ auth.Identity) error {
	sku, err := pathSKU(r)
	if err != nil {
		return err
	}
	fields, err := web.ReadBody(w, r, "change")
	if err != nil {
		return err
	}
	difference := fields.Integer("change", -MaxStock, MaxStock)
	fields.Check("change", difference != 0, "has to be another number than 0")
	if err := fields.Err(); err != nil {
		return err
	}
	after, err := e.store.adjust(r.Context(), sku, difference)
	if err != nil {
		return err
	}
	return web.Tagged(w, http.StatusOK, after.Version, after)
}

// pathSKU spares the database what cannot be a sku, such as what it could not even store.
func pathSKU(r *http.Request) (string, error) {
	sku := r.PathValue("sku")
	if !IsSKU(sku) {
		return "", errNotFound
	}
	return sku, nil
}
