// Package items tests a service that keeps items.
package items

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"strconv"
	"testing"
)

type item struct {
	ID       string `json:"id,omitempty"`
	Name     string `json:"name"`
	Quantity int    `json:"quantity"`
}

func name() string { return "cup " + os.Getenv("SEED") }

func get(t *testing.T, path string) *http.Response {
	t.Helper()
	answer, err := http.Get(os.Getenv("BASE_URL") + path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { answer.Body.Close() })
	return answer
}

func post(t *testing.T, value item) *http.Response {
	t.Helper()
	body, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.Post(os.Getenv("BASE_URL")+"/items", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { answer.Body.Close() })
	return answer
}

func decode(t *testing.T, answer *http.Response) item {
	t.Helper()
	var got item
	if err := json.NewDecoder(answer.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestNewItemIsReadBack(t *testing.T) {
	created := post(t, item{Name: name(), Quantity: 3})
	if created.StatusCode != http.StatusCreated {
		t.Fatalf("POST /items: status %d, want 201", created.StatusCode)
	}
	want := decode(t, created)
	path := "/items/" + want.ID
	if got := created.Header.Get("Location"); got != path {
		t.Errorf("Location: %q, want %q", got, path)
	}
	want.Name, want.Quantity = name(), 3
	if got := decode(t, get(t, path)); got != want {
		t.Errorf("GET %s: %+v, want %+v", path, got, want)
	}
}

func TestUnknownItemIsNotFound(t *testing.T) {
	if got := get(t, "/items/00000000-0000-4000-8000-000000000000").StatusCode; got != http.StatusNotFound {
		t.Errorf("status %d, want 404", got)
	}
}

func TestWrongQuantityIsRefused(t *testing.T) {
	for _, quantity := range []int{0, -1} {
		t.Run(strconv.Itoa(quantity), func(t *testing.T) {
			if got := post(t, item{Name: name(), Quantity: quantity}).StatusCode; got != http.StatusUnprocessableEntity {
				t.Errorf("status %d, want 422", got)
			}
		})
	}
}
