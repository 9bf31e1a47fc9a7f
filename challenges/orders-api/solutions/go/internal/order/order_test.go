package order

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"testing"

	"orders/internal/product"
	"orders/internal/web"
)

func TestAChangedOrderKeepsPricesAndTakesTheDifference(t *testing.T) {
	before := []Item{{"mug", 5, 100}, {"pot", 2, 900}}
	products := map[string]product.Product{
		"cup": {SKU: "cup", PriceCents: 300, Stock: 1},
		"mug": {SKU: "mug", PriceCents: 150, Stock: 1},
		"pot": {SKU: "pot", PriceCents: 950, Stock: 0},
	}

	items, taken, err := fill([]line{{"cup", 1}, {"mug", 6}}, before, products)

	if err != nil {
		t.Fatal(err)
	}
	if want := []Item{{"cup", 1, 300}, {"mug", 6, 100}}; !slices.Equal(items, want) {
		t.Errorf("got the items %v, want %v", items, want)
	}
	if want := map[string]int64{"cup": 1, "mug": 1, "pot": -2}; !maps.Equal(taken, want) {
		t.Errorf("got %v from stock, want %v", taken, want)
	}
}

func TestWhatIsShortOrUnknownIsRefused(t *testing.T) {
	products := map[string]product.Product{"mug": {SKU: "mug", PriceCents: 150, Stock: 1}}
	for _, test := range []struct {
		line   line
		before []Item
		want   int
	}{
		{line{"mug", 2}, nil, http.StatusConflict},
		{line{"mug", 4}, []Item{{"mug", 2, 100}}, http.StatusConflict},
		{line{"cup", 1}, nil, http.StatusUnprocessableEntity},
	} {
		_, _, err := fill([]line{test.line}, test.before, products)
		var problem *web.Problem
		if !errors.As(err, &problem) || problem.Status != test.want {
			t.Errorf("%v after %v: got %v, want %d", test.line, test.before, err, test.want)
		}
	}
}
