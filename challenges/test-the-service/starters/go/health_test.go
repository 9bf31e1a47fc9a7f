// Package suite tests an orders service from outside.
package suite

import (
	"net/http"
	"os"
	"testing"
)

var baseURL = os.Getenv("BASE_URL")

func TestTheServiceIsHealthy(t *testing.T) {
	response, err := http.Get(baseURL + "/health")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("GET /health was answered with %d", response.StatusCode)
	}
}
