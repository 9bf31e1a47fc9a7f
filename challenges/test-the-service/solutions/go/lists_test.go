package suite

import (
	"fmt"
	"net/http"
	"testing"
)

func TestAListShowsOrdersAsTheyAreNow(t *testing.T) {
	customer := unique("customer")
	ids := newOrders(t, 3, customer)
	result(t, cancel(t, ids[0]), http.StatusOK)
	result(t, pay(t, ids[1]), http.StatusOK)
	sku := orderNow(t, ids[2]).Items[0].SKU
	result(t, patch(t, sku, object{"price_cents": 600}), http.StatusOK)

	orders, _ := filter{"customer=" + customer}.page(t)

	equal(t, "newest first", idsOf(orders), ids)
	for place, status := range []string{"cancelled", "paid", "open"} {
		equal(t, "status", orders[place].Status, status)
		equal(t, "order in the list", orders[place], orderNow(t, ids[place]))
	}
}

func TestWhoeverOrderedNothingHasAnEmptyList(t *testing.T) {
	filter{"customer=" + unique("customer")}.lists(t, []string{}, false)
}

func TestACustomersListHasNoOthers(t *testing.T) {
	customer := unique("customer")
	mine, others := newOrders(t, 2, customer), newOrders(t, 2, unique("customer"))

	filter{"customer=" + customer}.lists(t, mine, false)

	// Without a filter, all are there.
	all, _ := filter{"limit=4"}.page(t)
	equal(t, "everybody's newest", idsOf(all), append(others, mine...))
}

func TestAStatusIsFilteredBy(t *testing.T) {
	customer := unique("customer")
	ids := newOrders(t, 6, customer)
	for place := range 2 {
		result(t, pay(t, ids[place]), http.StatusOK)
		result(t, cancel(t, ids[2+place]), http.StatusOK)
	}
	for status, expected := range map[string][]string{
		"paid": ids[:2], "cancelled": ids[2:4], "open": ids[4:],
	} {
		filter{"customer=" + customer, "status=" + status}.lists(t, expected, false)

		all, _ := filter{"status=" + status, "limit=2"}.page(t)
		equal(t, "everybody's newest, "+status, idsOf(all), expected)
	}
}

func TestThereAre20OnAPageUnlessAskedFor(t *testing.T) {
	customer := unique("customer")
	ids := newOrders(t, 21, customer)
	mine := filter{"customer=" + customer}

	next := mine.lists(t, ids[:20], true)
	mine.after(next).lists(t, ids[20:], false)
}

func TestPagesShowEverythingOnce(t *testing.T) {
	customer := unique("customer")
	ids := newOrders(t, 6, customer)
	for _, limit := range []int{1, 2, 3, 4, 5, 6, 50} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			mine := filter{"customer=" + customer, fmt.Sprintf("limit=%d", limit)}
			page := mine
			for start := 0; start < len(ids); start += limit {
				end := min(start+limit, len(ids))
				page = mine.after(page.lists(t, ids[start:end], end < len(ids)))
				if t.Failed() {
					return
				}
			}
		})
	}
}

func TestPagesAreFullWhateverTheFilterLeavesOut(t *testing.T) {
	customer := unique("customer")
	var open []string
	for range 4 {
		ids := newOrders(t, 2, customer)
		newOrders(t, 1, unique("customer"))
		result(t, pay(t, ids[0]), http.StatusOK)
		open = append([]string{ids[1]}, open...)
	}
	mine := filter{"customer=" + customer, "status=open", "limit=2"}

	next := mine.lists(t, open[:2], true)
	mine.after(next).lists(t, open[2:], false)
}

func TestNewOrdersDoNotMoveThePages(t *testing.T) {
	customer := unique("customer")
	ids := newOrders(t, 6, customer)
	mine := filter{"customer=" + customer, "limit=2"}

	next := mine.lists(t, ids[:2], true)
	newOrders(t, 3, customer)
	next = mine.after(next).lists(t, ids[2:4], true)
	newOrders(t, 1, customer)
	mine.after(next).lists(t, ids[4:], false)
}

func TestParametersOfLists(t *testing.T) {
	for _, limit := range []string{"limit=1", "limit=50"} {
		result(t, send(t, "GET", "/orders?"+limit, nil), http.StatusOK)
	}
	for _, query := range []string{
		"limit=0", "limit=-1", "limit=51", "limit=2.5", "limit=ten", "status=lost", "cursor=not-a-cursor",
	} {
		refused(t, send(t, "GET", "/orders?"+query, nil), 422, "invalid")
	}
}
