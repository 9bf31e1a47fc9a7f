package web

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
)

// A comma may stand in an entity tag, so the header cannot be cut at commas.
var entityTag = regexp.MustCompile(`(?:W/)?("[^"]*")`)

// Revalidated serves what a handler answers so that clients and caches on the way may keep it, if they ask each time
// whether it is current. The answer depends on who is named in a header, and is private if somebody is.
func Revalidated(whose string, handler Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status, value, err := handler(r)
		if err != nil {
			refuse(w, r, err)
			return
		}
		body, err := json.Marshal(value)
		if err != nil {
			refuse(w, r, err)
			return
		}
		digest := sha256.Sum256(body)
		tag := `"` + hex.EncodeToString(digest[:16]) + `"`
		w.Header().Set("ETag", tag)
		w.Header().Set("Vary", whose)
		w.Header().Set("Cache-Control", cacheControl(r, whose))
		if hasAlready(r, tag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write(body) // A client that is gone cannot be told anything any more.
	})
}

func cacheControl(r *http.Request, whose string) string {
	if len(r.Header.Values(whose)) > 0 {
		return "private, no-cache"
	}
	return "public, no-cache"
}

// hasAlready compares weakly, as RFC 9110 has it in 13.1.2.
func hasAlready(r *http.Request, tag string) bool {
	wanted := strings.Join(r.Header.Values("If-None-Match"), ",")
	if strings.TrimSpace(wanted) == "*" {
		return true
	}
	for _, match := range entityTag.FindAllStringSubmatch(wanted, -1) {
		if match[1] == tag {
			return true
		}
	}
	return false
}
