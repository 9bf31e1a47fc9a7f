package orders

import (
	"net/http"
	"os"
	"testing"
)

var baseURL = os.Getenv("BASE_URL")

func TestServiceIsHealthy(t *testing.T) {
	answer, err := http.Get(baseURL + "/health")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("GET /health answered %d", answer.StatusCode)
	}
}
