package auth

import (
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

func TestOnlyWholeTokensOfTheSecretAreTaken(t *testing.T) {
	later, earlier := time.Now().Add(time.Minute).Unix(), time.Now().Add(-time.Minute).Unix()
	valid := jwt.MapClaims{"sub": "me", "role": "admin", "exp": later}
	for name, test := range map[string]struct {
		method jwt.SigningMethod
		key    any
		claims jwt.MapClaims
		want   bool
	}{
		"valid":            {jwt.SigningMethodHS256, []byte("secret"), valid, true},
		"of another key":   {jwt.SigningMethodHS256, []byte("other"), valid, false},
		"otherwise signed": {jwt.SigningMethodHS512, []byte("secret"), valid, false},
		"unsigned":         {jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, valid, false},
		"expired":          {jwt.SigningMethodHS256, []byte("secret"), jwt.MapClaims{"sub": "me", "role": "admin", "exp": earlier}, false},
		"without exp":      {jwt.SigningMethodHS256, []byte("secret"), jwt.MapClaims{"sub": "me", "role": "admin"}, false},
		"without sub":      {jwt.SigningMethodHS256, []byte("secret"), jwt.MapClaims{"role": "admin", "exp": later}, false},
		"without role":     {jwt.SigningMethodHS256, []byte("secret"), jwt.MapClaims{"sub": "me", "Role": "admin", "exp": later}, false},
	} {
		token, err := jwt.NewWithClaims(test.method, test.claims).SignedString(test.key)
		if err != nil {
			t.Fatal(err)
		}
		who, got := NewGuard("secret").identify("Bearer " + token)
		if got != test.want || got && who != (Identity{"me", Admin}) {
			t.Errorf("a token %s: got %v, %v", name, who, got)
		}
	}
}
