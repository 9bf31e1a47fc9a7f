// Keeps notes in memory, and serves them over HTTP.
package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"
	"strconv"
	"sync"
	"unicode/utf8"
)

type note struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

type notes struct {
	mutex sync.Mutex
	last  int
	texts map[string]string
}

func (n *notes) add(text string) string {
	id := strconv.Itoa(n.next())
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.texts[id] = text
	return id
}

func (n *notes) next() int {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.last++
	return n.last
}

func (n *notes) get(id string) (string, bool) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	text, found := n.texts[id]
	return text, found
}

func isText(text *string) bool {
	return text != nil && *text != "" && utf8.RuneCountInString(*text) <= 200
}

func (n *notes) create(w http.ResponseWriter, r *http.Request) {
	var body json.RawMessage
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		problem(w, http.StatusBadRequest, "The body is not JSON")
		return
	}
	var made struct {
		Text *string `json:"text"`
	}
	if err := json.Unmarshal(body, &made); err != nil {
		problem(w, http.StatusUnprocessableEntity, "The text is no text")
		return
	}
	if !isText(made.Text) {
		problem(w, http.StatusUnprocessableEntity, "The text breaks a rule")
		return
	}
	id := n.add(*made.Text)
	w.Header().Set("Location", "/notes/"+id)
	answer(w, http.StatusCreated, note{ID: id, Text: *made.Text})
}

func (n *notes) read(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	text, found := n.get(id)
	if !found {
		problem(w, http.StatusNotFound, "There is no such note")
		return
	}
	answer(w, http.StatusOK, note{ID: id, Text: text})
}

func health(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]string{"status": "ok"})
}

func problem(w http.ResponseWriter, status int, title string) {
	answer(w, status, map[string]string{"title": title})
}

func answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(value); err != nil {
		log.Print(err)
	}
}

func main() {
	notes := &notes{texts: map[string]string{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", health)
	mux.HandleFunc("POST /notes", notes.create)
	mux.HandleFunc("GET /notes/{id}", notes.read)
	log.Fatal(http.ListenAndServe(":"+os.Getenv("PORT"), mux))
}
