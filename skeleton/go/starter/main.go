// Keeps notes, once you have written it.
package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"
)

func health(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]string{"status": "ok"})
}

func unwritten(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusNotImplemented, map[string]string{"title": "Yours to write"})
}

func answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(value); err != nil {
		log.Print(err)
	}
}

func main() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", health)
	mux.HandleFunc("/", unwritten)
	log.Fatal(http.ListenAndServe(":"+os.Getenv("PORT"), mux))
}
