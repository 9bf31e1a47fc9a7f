package suite

import (
	"net/http"
	"testing"
)

// newRequest asks for 2 of a new product, with a key of its own.
func newRequest(t *testing.T, stock int64) (wanted request, sku string) {
	t.Helper()
	sku = newProduct(t, 500, stock)
	items := []object{item(sku, 2)}
	return request{customer: unique("customer"), key: unique("key"), items: items}, sku
}

func TestARetryGivesTheSameOrder(t *testing.T) {
	wanted, sku := newRequest(t, 10)
	made := wanted.made(t)

	equal(t, "first retry", wanted.again(t), made)
	equal(t, "second retry", wanted.again(t), made)

	equal(t, "stock", stockOf(t, sku), []int64{8})
	filter{"customer=" + wanted.customer}.lists(t, []string{made.ID}, false)
}

func TestWithoutTheSameKeyThereIsAnotherOrder(t *testing.T) {
	wanted, sku := newRequest(t, 10)
	ids := map[string]bool{}
	for _, key := range []string{"", "", wanted.key, unique("key")} {
		wanted.key = key
		ids[wanted.made(t).ID] = true
	}
	equal(t, "number of orders", len(ids), 4)
	equal(t, "stock", stockOf(t, sku), []int64{2})
}

func TestAKeyIsForOneRequestOnly(t *testing.T) {
	for name, change := range map[string]func(*request){
		"customer": func(r *request) { r.customer = unique("customer") },
		"quantity": func(r *request) { r.items = []object{r.items[0].with("quantity", 3)} },
		"sku":      func(r *request) { r.items = []object{item(newProduct(t, 500, 5), 2)} },
		"one more": func(r *request) { r.items = append(r.items, item(newProduct(t, 500, 5), 1)) },
	} {
		t.Run(name, func(t *testing.T) {
			wanted, sku := newRequest(t, 10)
			made := wanted.made(t)
			other := wanted
			change(&other)

			refused(t, other.send(t), 409, "key_reused")

			equal(t, "stock", stockOf(t, sku), []int64{8})
			// The key still stands for what it was used for.
			equal(t, "retry", wanted.again(t), made)
		})
	}
}

func TestARetryShowsTheOrderAsItIsNow(t *testing.T) {
	for status, change := range map[string]func(*testing.T, string) answer{
		"paid":      pay,
		"cancelled": cancel,
	} {
		t.Run(status, func(t *testing.T) {
			wanted, sku := newRequest(t, 10)
			made := wanted.made(t)
			result(t, change(t, made.ID), http.StatusOK)
			stock := stockOf(t, sku)

			equal(t, "retry", wanted.again(t), made.as(status))

			equal(t, "order", orderNow(t, made.ID), made.as(status))
			equal(t, "stock", stockOf(t, sku), stock)
		})
	}
}

func TestARetryNeedsNoStockAndKeepsThePrice(t *testing.T) {
	wanted, sku := newRequest(t, 2)
	made := wanted.made(t)

	equal(t, "retry when all is sold", wanted.again(t), made)

	result(t, patch(t, sku, object{"price_cents": 600}), http.StatusOK)
	equal(t, "retry at another price", wanted.again(t), made)
}

func TestARefusedRequestLeavesItsKeyFree(t *testing.T) {
	wanted, sku := newRequest(t, 1)
	broken := wanted
	broken.items = []object{item(sku, 0)}
	refused(t, broken.send(t), 422, "invalid")
	broken.items = []object{item(unique("unknown"), 1)}
	refused(t, broken.send(t), 422, "unknown_sku")
	refused(t, wanted.send(t), 409, "out_of_stock")

	result(t, patch(t, sku, object{"stock": 2}), http.StatusOK)

	made := wanted.made(t)
	equal(t, "retry", wanted.again(t), made)
}
