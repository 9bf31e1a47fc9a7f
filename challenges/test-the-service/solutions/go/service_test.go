// Package suite tests an orders service from outside.
package suite

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var client = &http.Client{
	Timeout:   10 * time.Second,
	Transport: &http.Transport{MaxIdleConnsPerHost: times},
}

func TestMain(m *testing.M) {
	if os.Getenv("BASE_URL") == "" {
		fmt.Fprintln(os.Stderr, "BASE_URL has to be the address of the service.")
		os.Exit(2)
	}
	os.Exit(m.Run())
}

// object is JSON as it is sent; it can break every rule.
type object map[string]any

// with is a copy with another value; without one, the field is missing.
func (o object) with(field string, value ...any) object {
	changed := object{}
	for name, value := range o {
		changed[name] = value
	}
	delete(changed, field)
	if len(value) > 0 {
		changed[field] = value[0]
	}
	return changed
}

type product struct {
	SKU        string
	Name       string
	PriceCents int64
	Stock      int64
}

type line struct {
	SKU            string
	Quantity       int64
	UnitPriceCents int64
}

type order struct {
	ID            string
	Customer      string
	Status        string
	Items         []line
	SubtotalCents int64
	DiscountCents int64
	TotalCents    int64
	CreatedAt     string
}

func (o order) as(status string) order {
	o.Status = status
	return o
}

// answer is what the service said, and to what.
type answer struct {
	status int
	kind   string
	body   []byte
	asked  string
}

func (a answer) String() string {
	return fmt.Sprintf("%s was answered with %d %s", a.asked, a.status, a.body)
}

// send sends a request; a body that is a string is sent as it is. It may be called from any goroutine.
func send(t *testing.T, method, path string, body any, headers ...string) answer {
	t.Helper()
	var text []byte
	switch body := body.(type) {
	case nil:
	case string:
		text = []byte(body)
	default:
		var err error
		if text, err = json.Marshal(body); err != nil {
			t.Error(err)
			return answer{}
		}
	}
	sent := answer{asked: strings.TrimSpace(fmt.Sprintf("%s %s %s", method, path, text))}
	request, err := http.NewRequest(method, os.Getenv("BASE_URL")+path, bytes.NewReader(text))
	if err != nil {
		t.Error(err)
		return sent
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := client.Do(request)
	if err != nil {
		t.Errorf("%s: %v", sent.asked, err)
		return sent
	}
	defer response.Body.Close()
	if sent.body, err = io.ReadAll(response.Body); err != nil {
		t.Errorf("%s: %v", sent.asked, err)
	}
	sent.status = response.StatusCode
	sent.kind = response.Header.Get("Content-Type")
	return sent
}

// result is the body of an answer that has to have this status.
func result(t *testing.T, a answer, status int) map[string]json.RawMessage {
	t.Helper()
	if a.status != status {
		t.Fatalf("%v, not with %d", a, status)
	}
	if !strings.HasPrefix(a.kind, "application/json") {
		t.Errorf("%v, which is called %q, not JSON", a, a.kind)
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(a.body, &fields); err != nil {
		t.Fatalf("%v, which is no JSON object: %v", a, err)
	}
	return fields
}

// read reads a field that has to be there. Beside those that are read, a service may show others.
func read[T any](t *testing.T, fields map[string]json.RawMessage, name string) T {
	t.Helper()
	var value *T
	if err := json.Unmarshal(fields[name], &value); err != nil || value == nil {
		t.Fatalf("%s is %q, not a %T", name, fields[name], *new(T))
	}
	return *value
}

func productIn(t *testing.T, fields map[string]json.RawMessage) product {
	t.Helper()
	return product{
		SKU:        read[string](t, fields, "sku"),
		Name:       read[string](t, fields, "name"),
		PriceCents: read[int64](t, fields, "price_cents"),
		Stock:      read[int64](t, fields, "stock"),
	}
}

func orderIn(t *testing.T, fields map[string]json.RawMessage) order {
	t.Helper()
	found := order{
		ID:            read[string](t, fields, "id"),
		Customer:      read[string](t, fields, "customer"),
		Status:        read[string](t, fields, "status"),
		SubtotalCents: read[int64](t, fields, "subtotal_cents"),
		DiscountCents: read[int64](t, fields, "discount_cents"),
		TotalCents:    read[int64](t, fields, "total_cents"),
		CreatedAt:     read[string](t, fields, "created_at"),
	}
	for _, item := range read[[]map[string]json.RawMessage](t, fields, "items") {
		found.Items = append(found.Items, line{
			SKU:            read[string](t, item, "sku"),
			Quantity:       read[int64](t, item, "quantity"),
			UnitPriceCents: read[int64](t, item, "unit_price_cents"),
		})
	}
	return found
}

// refused says that the request was refused, in the form that errors have.
func refused(t *testing.T, a answer, status int, code string) {
	t.Helper()
	told := read[map[string]json.RawMessage](t, result(t, a, status), "error")
	read[string](t, told, "message")
	if found := read[string](t, told, "code"); found != code {
		t.Errorf("%v, without the code %s", a, code)
	}
}

// equal says that something is as it should be.
func equal[T any](t *testing.T, what string, found, expected T) {
	t.Helper()
	if fmt.Sprint(found) != fmt.Sprint(expected) {
		t.Errorf("%s: found %v, expected %v", what, found, expected)
	}
}

// unique is a name that no other test has.
func unique(kind string) string {
	return kind + "-" + rand.Text()[:12]
}

func item(sku string, quantity any) object {
	return object{"sku": sku, "quantity": quantity}
}

// request asks for an order; without a customer it is for anyone, without a key it has none.
type request struct {
	customer string
	key      string
	items    []object
}

func (r request) send(t *testing.T) answer {
	t.Helper()
	if r.customer == "" {
		r.customer = "someone"
	}
	var headers []string
	if r.key != "" {
		headers = []string{"Idempotency-Key", r.key}
	}
	return send(t, "POST", "/orders", object{"customer": r.customer, "items": r.items}, headers...)
}

// made sends a request that has to make an order.
func (r request) made(t *testing.T) order {
	t.Helper()
	return orderIn(t, result(t, r.send(t), http.StatusCreated))
}

// again sends a request once more that has made an order.
func (r request) again(t *testing.T) order {
	t.Helper()
	return orderIn(t, result(t, r.send(t), http.StatusOK))
}

func pay(t *testing.T, id string) answer {
	t.Helper()
	return send(t, "POST", "/orders/"+id+"/pay", nil)
}

func cancel(t *testing.T, id string) answer {
	t.Helper()
	return send(t, "POST", "/orders/"+id+"/cancel", nil)
}

func patch(t *testing.T, sku string, change object) answer {
	t.Helper()
	return send(t, "PATCH", "/products/"+sku, change)
}

// newProduct makes a product and gives its sku.
func newProduct(t *testing.T, price, stock int64) string {
	t.Helper()
	sku := unique("sku")
	wanted := object{"sku": sku, "name": "Mug", "price_cents": price, "stock": stock}
	result(t, send(t, "POST", "/products", wanted), http.StatusCreated)
	return sku
}

func productNow(t *testing.T, sku string) product {
	t.Helper()
	return productIn(t, result(t, send(t, "GET", "/products/"+sku, nil), http.StatusOK))
}

func stockOf(t *testing.T, skus ...string) []int64 {
	t.Helper()
	var stock []int64
	for _, sku := range skus {
		stock = append(stock, productNow(t, sku).Stock)
	}
	return stock
}

func orderNow(t *testing.T, id string) order {
	t.Helper()
	return orderIn(t, result(t, send(t, "GET", "/orders/"+id, nil), http.StatusOK))
}

// newOrders makes orders and gives their ids, the newest first, as lists have them.
func newOrders(t *testing.T, count int, customer string) []string {
	t.Helper()
	wanted := request{customer: customer, items: []object{item(newProduct(t, 500, 1000), 1)}}
	var ids []string
	for range count {
		ids = append(ids, wanted.made(t).ID)
	}
	slices.Reverse(ids)
	return ids
}

// filter holds the parameters of a list, as name=value.
type filter []string

func (f filter) path() string {
	query := url.Values{}
	for _, parameter := range f {
		name, value, _ := strings.Cut(parameter, "=")
		query.Set(name, value)
	}
	return "/orders?" + query.Encode()
}

// page lists orders, and gives the cursor of the next page, which is empty after the last one.
func (f filter) page(t *testing.T) ([]order, string) {
	t.Helper()
	fields := result(t, send(t, "GET", f.path(), nil), http.StatusOK)
	orders := []order{}
	for _, found := range read[[]map[string]json.RawMessage](t, fields, "orders") {
		orders = append(orders, orderIn(t, found))
	}
	if string(fields["next_cursor"]) == "null" {
		return orders, ""
	}
	return orders, read[string](t, fields, "next_cursor")
}

// after is the same list, on the page that a cursor points to.
func (f filter) after(cursor string) filter {
	return append(slices.Clone(f), "cursor="+cursor)
}

// lists says which orders are on a page, and whether another one follows.
func (f filter) lists(t *testing.T, ids []string, follows bool) (next string) {
	t.Helper()
	orders, next := f.page(t)
	equal(t, f.path(), idsOf(orders), ids)
	equal(t, f.path()+" has a next page", next != "", follows)
	return next
}

func idsOf(orders []order) []string {
	ids := []string{}
	for _, found := range orders {
		ids = append(ids, found.ID)
	}
	return ids
}

// times is how many requests are sent at the same moment.
const times = 20

// atOnce sends requests at the same moment.
func atOnce(send func(number int) answer) []answer {
	answers := make([]answer, times)
	start := make(chan struct{})
	var all sync.WaitGroup
	for number := range answers {
		all.Add(1)
		go func() {
			defer all.Done()
			<-start
			answers[number] = send(number)
		}()
	}
	close(start)
	all.Wait()
	return answers
}

// have says how many answers have each status.
func have(t *testing.T, answers []answer, expected map[int]int) {
	t.Helper()
	found := map[int]int{}
	for _, a := range answers {
		found[a.status]++
	}
	equal(t, "number of answers by status", found, expected)
}
