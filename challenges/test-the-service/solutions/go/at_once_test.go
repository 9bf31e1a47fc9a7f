package suite

import (
	"net/http"
	"testing"
)

func TestStockIsNeverSoldTwice(t *testing.T) {
	sku := newProduct(t, 500, 7)
	wanted := request{items: []object{item(sku, 1)}}

	answers := atOnce(func(int) answer { return wanted.send(t) })

	have(t, answers, map[int]int{http.StatusCreated: 7, http.StatusConflict: times - 7})
	for _, a := range answers {
		if a.status == http.StatusConflict {
			refused(t, a, 409, "out_of_stock")
		}
	}
	equal(t, "stock", stockOf(t, sku), []int64{0})
}

func TestAShortOrderTakesNothingFromOthers(t *testing.T) {
	plenty, scarce := newProduct(t, 500, 1000), newProduct(t, 500, 3)
	wanted := request{items: []object{item(plenty, 1), item(scarce, 1)}}

	answers := atOnce(func(int) answer { return wanted.send(t) })

	have(t, answers, map[int]int{http.StatusCreated: 3, http.StatusConflict: times - 3})
	equal(t, "stock", stockOf(t, plenty, scarce), []int64{997, 0})
}

func TestNoOrderIsLost(t *testing.T) {
	sku, customer := newProduct(t, 500, 100), unique("customer")
	wanted := request{customer: customer, items: []object{item(sku, 1)}}

	answers := atOnce(func(int) answer { return wanted.send(t) })

	made := map[string]bool{}
	for _, a := range answers {
		made[orderIn(t, result(t, a, http.StatusCreated)).ID] = true
	}
	listed := map[string]bool{}
	orders, _ := filter{"customer=" + customer, "limit=50"}.page(t)
	for _, id := range idsOf(orders) {
		listed[id] = true
	}
	equal(t, "number of orders made", len(made), times)
	equal(t, "orders in the list", listed, made)
	equal(t, "stock", stockOf(t, sku), []int64{100 - times})
}

func TestOneKeyMakesOneOrder(t *testing.T) {
	wanted, sku := newRequest(t, 100)

	answers := atOnce(func(int) answer { return wanted.send(t) })

	have(t, answers, map[int]int{http.StatusCreated: 1, http.StatusOK: times - 1})
	first := orderIn(t, result(t, answers[0], answers[0].status))
	for _, a := range answers {
		equal(t, "order", orderIn(t, result(t, a, a.status)), first)
	}
	filter{"customer=" + wanted.customer}.lists(t, []string{first.ID}, false)
	equal(t, "stock", stockOf(t, sku), []int64{98})
}

func TestAnOrderIsCancelledOnce(t *testing.T) {
	sku := newProduct(t, 500, 10)
	made := request{items: []object{item(sku, 4)}}.made(t)

	answers := atOnce(func(int) answer { return cancel(t, made.ID) })

	have(t, answers, map[int]int{http.StatusOK: 1, http.StatusConflict: times - 1})
	equal(t, "stock", stockOf(t, sku), []int64{10})
}

func TestAnOrderIsEitherPaidOrCancelled(t *testing.T) {
	sku := newProduct(t, 500, 10)
	made := request{items: []object{item(sku, 4)}}.made(t)

	answers := atOnce(func(number int) answer {
		if number%2 == 0 {
			return pay(t, made.ID)
		}
		return cancel(t, made.ID)
	})

	have(t, answers, map[int]int{http.StatusOK: 1, http.StatusConflict: times - 1})
	left := map[string]int64{"paid": 6, "cancelled": 10}
	equal(t, "stock", stockOf(t, sku), []int64{left[orderNow(t, made.ID).Status]})
}
