package suite

import (
	"strings"
	"testing"
	"time"
)

func TestAnOrderHasAllItsFields(t *testing.T) {
	mug, pot := newProduct(t, 1250, 10), newProduct(t, 2000, 10)
	customer := unique("customer")

	made := request{customer: customer, items: []object{item(pot, 2), item(mug, 3)}}.made(t)

	if made.ID == "" {
		t.Error("the id is empty")
	}
	if _, err := time.Parse(time.RFC3339, made.CreatedAt); err != nil {
		t.Errorf("created_at: %v", err)
	}
	expected := order{
		ID:            made.ID,
		Customer:      customer,
		Status:        "open",
		Items:         []line{{pot, 2, 2000}, {mug, 3, 1250}},
		SubtotalCents: 7750,
		DiscountCents: 0,
		TotalCents:    7750,
		CreatedAt:     made.CreatedAt,
	}
	equal(t, "order", made, expected)
	equal(t, "order that was read", orderNow(t, made.ID), made)
}

func TestEachOrderHasAnIDOfItsOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, id := range newOrders(t, 5, unique("customer")) {
		seen[id] = true
	}
	equal(t, "number of ids", len(seen), 5)
}

func TestAnOrderThatIsNotThereIsNotFound(t *testing.T) {
	missing := unique("no-order")
	refused(t, send(t, "GET", "/orders/"+missing, nil), 404, "not_found")
	refused(t, pay(t, missing), 404, "not_found")
	refused(t, cancel(t, missing), 404, "not_found")
}

func TestAnOrderTakesFromStock(t *testing.T) {
	mug, pot := newProduct(t, 500, 10), newProduct(t, 500, 20)

	request{items: []object{item(mug, 3), item(pot, 4)}}.made(t)

	equal(t, "stock", stockOf(t, mug, pot), []int64{7, 16})
}

func TestTheLastPieceCanBeOrdered(t *testing.T) {
	sku := newProduct(t, 500, 3)

	request{items: []object{item(sku, 3)}}.made(t)

	equal(t, "stock", stockOf(t, sku), []int64{0})
	refused(t, request{items: []object{item(sku, 1)}}.send(t), 409, "out_of_stock")
}

func TestAnOrderThatCannotBeMadeTakesNothing(t *testing.T) {
	mug, pot, scarce := newProduct(t, 500, 5), newProduct(t, 500, 5), newProduct(t, 500, 1)
	for _, test := range []struct {
		status int
		code   string
		items  []object
	}{
		{409, "out_of_stock", []object{item(scarce, 2), item(mug, 1), item(pot, 1)}},
		{409, "out_of_stock", []object{item(mug, 1), item(scarce, 2), item(pot, 1)}},
		{409, "out_of_stock", []object{item(mug, 1), item(pot, 1), item(scarce, 2)}},
		{422, "unknown_sku", []object{item(unique("unknown"), 1), item(mug, 1)}},
		{422, "unknown_sku", []object{item(mug, 1), item(unique("unknown"), 1)}},
	} {
		customer := unique("customer")

		refused(t, request{customer: customer, items: test.items}.send(t), test.status, test.code)

		equal(t, "stock", stockOf(t, mug, pot, scarce), []int64{5, 5, 1})
		filter{"customer=" + customer}.lists(t, []string{}, false)
	}
}

func TestQuantities(t *testing.T) {
	sku := newProduct(t, 500, 1000)
	for _, quantity := range []any{0, -1, 101, 2.5, "3", true, nil, []int{1}} {
		refused(t, request{items: []object{item(sku, quantity)}}.send(t), 422, "invalid")
		equal(t, "stock", stockOf(t, sku), []int64{1000})
	}
	request{items: []object{item(sku, 1)}}.made(t)
	request{items: []object{item(sku, 100)}}.made(t)
	equal(t, "stock", stockOf(t, sku), []int64{899})
}

func TestAnOrderHas1To20Items(t *testing.T) {
	var items []object
	for range 21 {
		items = append(items, item(newProduct(t, 500, 10), 1))
	}

	request{items: items[:20]}.made(t)

	refused(t, request{items: items}.send(t), 422, "invalid")
	refused(t, request{items: []object{}}.send(t), 422, "invalid")
}

func TestASKUMayStandInAnOrderOnlyOnce(t *testing.T) {
	mug, pot := newProduct(t, 500, 10), newProduct(t, 500, 10)

	twice := request{items: []object{item(mug, 1), item(pot, 1), item(mug, 2)}}
	refused(t, twice.send(t), 422, "invalid")

	equal(t, "stock", stockOf(t, mug, pot), []int64{10, 10})
}

func TestCustomers(t *testing.T) {
	items := []object{item(newProduct(t, 500, 10), 1)}
	for _, customer := range []string{"c", strings.Repeat("ü", 100)} {
		equal(t, "customer", request{customer: customer, items: items}.made(t).Customer, customer)
	}
	for _, customer := range []any{"", strings.Repeat("c", 101), nil, 7} {
		body := object{"customer": customer, "items": items}
		refused(t, send(t, "POST", "/orders", body), 422, "invalid")
	}
}

func TestWhatBreaksARuleIsNoOrder(t *testing.T) {
	for _, body := range []string{
		`{"items": [{"sku": "mug", "quantity": 1}]}`,
		`{"customer": "ada"}`,
		`{"customer": "ada", "items": {"sku": "mug", "quantity": 1}}`,
		`{"customer": "ada", "items": ["mug"]}`,
		`{"customer": "ada", "items": [{"quantity": 1}]}`,
		`{"customer": "ada", "items": [{"sku": "mug"}]}`,
		`{"customer": "ada", "items": [{"sku": 7, "quantity": 1}]}`,
		`[]`,
		`mug, please`,
	} {
		refused(t, send(t, "POST", "/orders", body), 422, "invalid")
	}
}
