package suite

import (
	"net/http"
	"strings"
	"testing"
)

func mug() object {
	return object{"sku": unique("sku"), "name": "Mug", "price_cents": 1250, "stock": 8}
}

func TestTheServiceIsHealthy(t *testing.T) {
	equal(t, "status of /health", send(t, "GET", "/health", nil).status, http.StatusOK)
}

func TestANewProductCanBeRead(t *testing.T) {
	for name, wanted := range map[string]object{
		"usual":            mug(),
		"longest sku":      mug().with("sku", unique("Az_9-")+strings.Repeat("z", 40)[:22]),
		"shortest name":    mug().with("name", "m"),
		"longest name":     mug().with("name", strings.Repeat("ü", 100)),
		"lowest numbers":   mug().with("price_cents", 0).with("stock", 0),
		"greatest numbers": mug().with("price_cents", 1_000_000).with("stock", 100_000),
	} {
		t.Run(name, func(t *testing.T) {
			added := productIn(t, result(t, send(t, "POST", "/products", wanted), http.StatusCreated))

			expected := []any{wanted["sku"], wanted["name"], wanted["price_cents"], wanted["stock"]}
			equal(t, "product", []any{added.SKU, added.Name, added.PriceCents, added.Stock}, expected)
			equal(t, "product that was read", productNow(t, added.SKU), added)
		})
	}
}

func TestWhatBreaksARuleIsNoProduct(t *testing.T) {
	for field, values := range map[string][]any{
		"sku":         {"", strings.Repeat("z", 41), "two words", "mug/1", 7, nil},
		"name":        {"", strings.Repeat("m", 101), 7, nil},
		"price_cents": {-1, 1_000_001, "1250", 12.5, true, nil},
		"stock":       {-1, 100_001, "8", 2.5, false, nil},
	} {
		refused(t, send(t, "POST", "/products", mug().with(field)), 422, "invalid")
		for _, value := range values {
			refused(t, send(t, "POST", "/products", mug().with(field, value)), 422, "invalid")
		}
	}
	for _, body := range []string{`{"sku": `, `[]`, `"mug"`, `null`} {
		refused(t, send(t, "POST", "/products", body), 422, "invalid")
	}
}

func TestATakenSKUKeepsItsProduct(t *testing.T) {
	sku := newProduct(t, 500, 5)
	before := productNow(t, sku)

	refused(t, send(t, "POST", "/products", mug().with("sku", sku)), 409, "sku_taken")

	equal(t, "product", productNow(t, sku), before)
}

func TestWhatIsNotThereIsNotFound(t *testing.T) {
	missing := unique("sku")
	refused(t, send(t, "GET", "/products/"+missing, nil), 404, "not_found")
	refused(t, patch(t, missing, object{"stock": 1}), 404, "not_found")
	refused(t, send(t, "GET", "/no-such-path", nil), 404, "not_found")
}

func TestAChangeSetsWhatItNamesAndNothingElse(t *testing.T) {
	for name, test := range map[string]struct {
		change       object
		price, stock int64
	}{
		"price":    {object{"price_cents": 777}, 777, 5},
		"stock":    {object{"stock": 77}, 500, 77},
		"both":     {object{"price_cents": 777, "stock": 77}, 777, 77},
		"lowest":   {object{"price_cents": 0, "stock": 0}, 0, 0},
		"greatest": {object{"price_cents": 1_000_000, "stock": 100_000}, 1_000_000, 100_000},
	} {
		t.Run(name, func(t *testing.T) {
			sku := newProduct(t, 500, 5)
			expected := product{sku, "Mug", test.price, test.stock}

			changed := productIn(t, result(t, patch(t, sku, test.change), http.StatusOK))

			equal(t, "changed product", changed, expected)
			equal(t, "product that was read", productNow(t, sku), expected)
		})
	}
}

func TestARefusedChangeChangesNothingAtAll(t *testing.T) {
	sku := newProduct(t, 500, 5)
	before := productNow(t, sku)
	for _, change := range []object{
		{},
		{"price_cents": -1},
		{"price_cents": 1_000_001},
		{"price_cents": "777"},
		{"price_cents": 7.5},
		{"price_cents": true},
		{"stock": -1},
		{"stock": 100_001},
		{"stock": 2.5},
		{"price_cents": 777, "stock": -1},
		{"price_cents": -1, "stock": 77},
	} {
		refused(t, patch(t, sku, change), 422, "invalid")
		equal(t, "product", productNow(t, sku), before)
	}
}
