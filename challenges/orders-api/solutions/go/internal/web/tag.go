package web

import (
	"net/http"
	"strconv"
	"strings"
)

// Tagged answers with a value and the tag of its version.
func Tagged(w http.ResponseWriter, status int, version int64, value any) error {
	w.Header().Set("ETag", tag(version))
	return JSON(w, status, value)
}

// Match is what a client believes to change.
type Match struct{ tags []string }

// ReadMatch reads If-Match, which has to be there.
func ReadMatch(r *http.Request) (Match, error) {
	given := strings.Join(r.Header.Values("If-Match"), ",")
	if strings.TrimSpace(given) == "" {
		return Match{}, Fail(http.StatusPreconditionRequired,
			"Say in If-Match what you change: the ETag that you have seen, or *.")
	}
	tags := strings.Split(given, ",")
	for i := range tags {
		tags[i] = strings.TrimSpace(tags[i])
	}
	return Match{tags}, nil
}

// Check fails unless the version is one of those.
func (m Match) Check(version int64) error {
	for _, candidate := range m.tags {
		if candidate == "*" || candidate == tag(version) {
			return nil
		}
	}
	return Fail(http.StatusPreconditionFailed, "It has been changed since. Read it again, then decide.")
}

func tag(version int64) string {
	return `"` + strconv.FormatInt(version, 10) + `"`
}
