package order

import "testing"

func TestAmountsAtTheirBounds(t *testing.T) {
	for _, test := range []struct {
		subtotal int64
		want     Amounts
	}{
		{0, Amounts{0, 0, 490, 490}},
		{4_999, Amounts{4_999, 0, 490, 5_489}},
		{5_000, Amounts{5_000, 0, 0, 5_000}},
		{99_999, Amounts{99_999, 0, 0, 99_999}},
		{100_000, Amounts{100_000, 5_000, 0, 95_000}},
		{100_010, Amounts{100_010, 5_001, 0, 95_009}}, // half a cent is rounded up
		{100_009, Amounts{100_009, 5_000, 0, 95_009}},
		{200_000_000_000, Amounts{200_000_000_000, 10_000_000_000, 0, 190_000_000_000}},
	} {
		items := []Item{{SKU: "mug-1", Quantity: 1, UnitPriceCents: test.subtotal}}
		if got := amountsOf(items); got != test.want {
			t.Errorf("amounts of %d: got %+v, want %+v", test.subtotal, got, test.want)
		}
	}
}
