package suite

import (
	"net/http"
	"testing"
)

func TestAnOpenOrderCanBePaid(t *testing.T) {
	sku := newProduct(t, 500, 5)
	made := request{items: []object{item(sku, 2)}}.made(t)

	paid := orderIn(t, result(t, pay(t, made.ID), http.StatusOK))

	equal(t, "paid order", paid, made.as("paid"))
	equal(t, "order that was read", orderNow(t, made.ID), paid)
	equal(t, "stock", stockOf(t, sku), []int64{3})
}

func TestCancellingGivesTheStockOfAllItemsBack(t *testing.T) {
	mug, pot := newProduct(t, 500, 5), newProduct(t, 500, 9)
	made := request{items: []object{item(mug, 5), item(pot, 3)}}.made(t)

	cancelled := orderIn(t, result(t, cancel(t, made.ID), http.StatusOK))

	equal(t, "cancelled order", cancelled, made.as("cancelled"))
	equal(t, "order that was read", orderNow(t, made.ID), cancelled)
	equal(t, "stock", stockOf(t, mug, pot), []int64{5, 9})
	// What came back can be sold again.
	request{items: []object{item(mug, 5)}}.made(t)
}

func TestWhatIsNoLongerOpenStaysAsItIs(t *testing.T) {
	type change = func(*testing.T, string) answer
	for name, test := range map[string]struct {
		first, then change
		status      string
		stock       int64
	}{
		"pay, pay":       {pay, pay, "paid", 3},
		"pay, cancel":    {pay, cancel, "paid", 3},
		"cancel, pay":    {cancel, pay, "cancelled", 5},
		"cancel, cancel": {cancel, cancel, "cancelled", 5},
	} {
		t.Run(name, func(t *testing.T) {
			sku := newProduct(t, 500, 5)
			made := request{items: []object{item(sku, 2)}}.made(t)
			result(t, test.first(t, made.ID), http.StatusOK)

			refused(t, test.then(t, made.ID), 409, "wrong_state")
			refused(t, test.then(t, made.ID), 409, "wrong_state")

			equal(t, "order", orderNow(t, made.ID), made.as(test.status))
			equal(t, "stock", stockOf(t, sku), []int64{test.stock})
		})
	}
}

func TestOneOrderIsChangedAndNoOther(t *testing.T) {
	ids := newOrders(t, 3, unique("customer"))

	result(t, pay(t, ids[0]), http.StatusOK)
	result(t, cancel(t, ids[1]), http.StatusOK)

	for place, status := range []string{"paid", "cancelled", "open"} {
		equal(t, "status", orderNow(t, ids[place]).Status, status)
	}
}
