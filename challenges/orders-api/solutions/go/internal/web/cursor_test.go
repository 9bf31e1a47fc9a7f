package web

import "testing"

func TestACursorOpensInItsOwnListOnly(t *testing.T) {
	cursors := NewCursors("secret")
	sealed, err := cursors.Seal("by price", 17)
	if err != nil {
		t.Fatal(err)
	}
	var position int
	if err := cursors.Open("by price", sealed, &position); err != nil || position != 17 {
		t.Errorf("got %d, %v, want 17", position, err)
	}
	for name, err := range map[string]error{
		"of another list":    cursors.Open("by sku", sealed, &position),
		"of another service": NewCursors("other").Open("by price", sealed, &position),
		"cut off":            cursors.Open("by price", sealed[:len(sealed)-1], &position),
		"changed":            cursors.Open("by price", "A"+sealed[1:len(sealed)-1]+"A", &position),
		"empty":              cursors.Open("by price", "", &position),
	} {
		if err == nil {
			t.Errorf("a cursor %s was taken", name)
		}
	}
}
