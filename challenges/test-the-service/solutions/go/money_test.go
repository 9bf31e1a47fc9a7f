package suite

import (
	"fmt"
	"net/http"
	"testing"
)

// money is what an order costs.
type money struct{ subtotal, discount, total int64 }

func moneyOf(o order) money {
	return money{o.SubtotalCents, o.DiscountCents, o.TotalCents}
}

func TestTheDiscountAndItsRounding(t *testing.T) {
	for _, expected := range []money{
		{0, 0, 0},
		{9_999, 0, 9_999},
		{10_000, 1_000, 9_000},
		{10_004, 1_000, 9_004},
		// Halves go up, whether an even or an odd cent is below.
		{10_005, 1_001, 9_004},
		{10_015, 1_002, 9_013},
		{10_006, 1_001, 9_005},
	} {
		t.Run(fmt.Sprint(expected.subtotal), func(t *testing.T) {
			made := request{items: []object{item(newProduct(t, expected.subtotal, 1), 1)}}.made(t)
			equal(t, "money", moneyOf(made), expected)
		})
	}
}

func TestTheSubtotalIsThatOfAllPieces(t *testing.T) {
	mug, pot := newProduct(t, 333, 10), newProduct(t, 50, 10)
	made := request{items: []object{item(mug, 7), item(pot, 2)}}.made(t)
	equal(t, "money", moneyOf(made), money{2_431, 0, 2_431})
}

func TestTheDiscountIsOnTheWholeOrder(t *testing.T) {
	// Neither item is dear enough alone, and 10 % of each would be rounded up.
	mug, pot := newProduct(t, 5_005, 10), newProduct(t, 5_005, 10)
	made := request{items: []object{item(mug, 1), item(pot, 1)}}.made(t)
	equal(t, "money", moneyOf(made), money{10_010, 1_001, 9_009})
}

func TestAnOrderKeepsItsPrices(t *testing.T) {
	sku := newProduct(t, 6_000, 10)
	wanted := request{items: []object{item(sku, 2)}}
	before := wanted.made(t)

	result(t, patch(t, sku, object{"price_cents": 100}), http.StatusOK)

	equal(t, "order before", orderNow(t, before.ID), before)
	equal(t, "order after", moneyOf(wanted.made(t)), money{200, 0, 200})
	paid := orderIn(t, result(t, pay(t, before.ID), http.StatusOK))
	equal(t, "paid order", paid, before.as("paid"))
}
