package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
)

const macSize = sha256.Size

// Cursors makes the texts that lead to the next page, and knows them again. They are signed together
// with the list that they belong to, so that no others are taken.
type Cursors struct{ key []byte }

// NewCursors derives a key of their own from the service's secret.
func NewCursors(secret string) Cursors {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("cursors"))
	return Cursors{mac.Sum(nil)}
}

// Seal makes a cursor of the last position of a page. The list is anything that tells one list, with
// its filters and its order, from another.
func (c Cursors) Seal(list, position any) (string, error) {
	at, err := json.Marshal(position)
	if err != nil {
		return "", fmt.Errorf("encode a cursor: %w", err)
	}
	mac, err := c.sign(list, at)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(append(mac, at...)), nil
}

// Open gives the position in a cursor of the same list.
func (c Cursors) Open(list any, cursor string, position any) error {
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(sealed) < macSize {
		return errCursor
	}
	given, at := sealed[:macSize], sealed[macSize:]
	mac, err := c.sign(list, at)
	if err != nil {
		return err
	}
	if !hmac.Equal(given, mac) {
		return errCursor
	}
	if err := json.Unmarshal(at, position); err != nil {
		return fmt.Errorf("decode a cursor: %w", err)
	}
	return nil
}

var errCursor = Invalid("The parameter cursor has to be the next_cursor of a page with the same filters and sort.")

func (c Cursors) sign(list any, at []byte) ([]byte, error) {
	scope, err := json.Marshal(list)
	if err != nil {
		return nil, fmt.Errorf("encode a list's filters: %w", err)
	}
	mac := hmac.New(sha256.New, c.key)
	// JSON has no byte 0, so what is signed can be read in one way only.
	mac.Write(append(scope, 0))
	mac.Write(at)
	return mac.Sum(nil), nil
}
