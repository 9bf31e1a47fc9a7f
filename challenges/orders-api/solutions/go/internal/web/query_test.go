package web

import (
	"net/http/httptest"
	"testing"
	"time"
)

func TestTimesBetweenMicrosecondsAreTheLater(t *testing.T) {
	query := ReadQuery(httptest.NewRequest("GET", "/?at=2026-11-24T10:00:00.1234561%2B01:00", nil))
	at, has := query.Microseconds("at")
	if got := time.UnixMicro(at).UTC().Format("15:04:05.999999999"); !has || got != "09:00:00.123457" {
		t.Errorf("got %s", got)
	}
}

func TestASemicolonIsACharacter(t *testing.T) {
	query := ReadQuery(httptest.NewRequest("GET", "/?q=a;b&limit=7", nil))
	if text, _ := query.Text("q"); text != "a;b" || query.Limit() != 7 || query.Err() != nil {
		t.Errorf("got q %q, limit %d, %v", text, query.Limit(), query.Err())
	}
}
