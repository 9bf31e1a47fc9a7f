package order

import (
	"net/http"
	"regexp"

	"orders/internal/auth"
	"orders/internal/web"
)

const maxKey = 255

// Endpoints answer requests about orders.
type Endpoints struct {
	store   *Store
	cursors web.Cursors
}

// NewEndpoints answers from a store.
func NewEndpoints(store *Store, cursors web.Cursors) *Endpoints {
	return &Endpoints{store, cursors}
}

// Place is POST /orders.
func (e *Endpoints) Place(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	var key *string
	if given := r.Header.Values("Idempotency-Key"); len(given) > 0 {
		if len(given) > 1 || !web.IsVisible(given[0], maxKey) {
			return web.Invalid("The Idempotency-Key has to be 1 to %d visible ASCII characters.", maxKey)
		}
		key = &given[0]
	}
	fields, err := web.ReadBody(w, r, "items")
	if err != nil {
		return err
	}
	lines, err := readLines(fields)
	if err != nil {
		return err
	}
	order, isNew, err := e.store.place(r.Context(), who.ID, key, lines)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if isNew {
		status = http.StatusCreated
	}
	w.Header().Set("Location", "/orders/"+order.ID)
	return web.Tagged(w, status, order.Version, order)
}

// List is GET /orders.
func (e *Endpoints) List(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	query := web.ReadQuery(r)
	limit := query.Limit()
	wanted := readFilter(query, who)
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
	orders, err := e.store.list(r.Context(), wanted, after, limit+1)
	if err != nil {
		return err
	}
	answer := page{Orders: orders}
	if len(orders) > limit {
		last := orders[limit-1]
		next, err := e.cursors.Seal(wanted, position{last.CreatedAt, last.ID})
		if err != nil {
			return err
		}
		answer = page{orders[:limit], &next}
	}
	return web.JSON(w, http.StatusOK, answer)
}

type page struct {
	Orders     []Order `json:"orders"`
	NextCursor *string `json:"next_cursor"`
}

// Get is GET /orders/{id}. Customers see what is theirs, support sees all.
func (e *Endpoints) Get(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	var owner *string
	if who.Role == auth.Customer {
		owner = &who.ID
	}
	order, err := e.store.get(r.Context(), id, owner)
	if err != nil {
		return err
	}
	return web.Tagged(w, http.StatusOK, order.Version, order)
}

// Change is PATCH /orders/{id}.
func (e *Endpoints) Change(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	match, err := web.ReadMatch(r)
	if err != nil {
		return err
	}
	fields, err := web.ReadBody(w, r, "items")
	if err != nil {
		return err
	}
	lines, err := readLines(fields)
	if err != nil {
		return err
	}
	order, err := e.store.change(r.Context(), id, who.ID, match, lines)
	if err != nil {
		return err
	}
	return web.Tagged(w, http.StatusOK, order.Version, order)
}

// Cancel is POST /orders/{id}/cancel.
func (e *Endpoints) Cancel(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	order, err := e.store.cancel(r.Context(), id, who.ID)
	if err != nil {
		return err
	}
	return web.Tagged(w, http.StatusOK, order.Version, order)
}

var uuidPattern = regexp.MustCompile(`\A[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\z`)

// pathID spares the database what is no UUID, which it would take for a mistake of ours.
func pathID(r *http.Request) (string, error) {
	id := r.PathValue("id")
	if !uuidPattern.MatchString(id) {
		return "", errNotFound
	}
	return id, nil
}
