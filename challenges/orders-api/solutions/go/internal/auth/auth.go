// Package auth tells who asks, and whether they may.
package auth

import (
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"

	"orders/internal/web"
)

// Role is what somebody may do.
type Role string

// The roles that are known here.
const (
	Customer Role = "customer"
	Admin    Role = "admin"
	Support  Role = "support"
)

// Identity is who asks.
type Identity struct {
	// ID is the customer's id, or another person's.
	ID   string
	Role Role
}

// Handler answers a request of somebody who may ask it.
type Handler func(w http.ResponseWriter, r *http.Request, who Identity) error

// Guard checks tokens.
type Guard struct {
	secret []byte
	parser *jwt.Parser
}

// NewGuard makes a guard for tokens that are signed with the secret.
func NewGuard(secret string) *Guard {
	return &Guard{
		secret: []byte(secret),
		parser: jwt.NewParser(
			jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
			jwt.WithExpirationRequired(),
			jwt.WithStrictDecoding(),
		),
	}
}

// Allow lets the roles through to a handler, and nobody else.
func (g *Guard) Allow(next Handler, roles ...Role) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		who, ok := g.identify(r.Header.Get("Authorization"))
		if !ok {
			return web.Fail(http.StatusUnauthorized, "A valid bearer token is needed.")
		}
		if !slices.Contains(roles, who.Role) {
			return web.Fail(http.StatusForbidden, "The role %q may not do this.", who.Role)
		}
		return next(w, r, who)
	}
}

// identify reads the token. Why it is refused is nobody's business: the reason is not kept.
func (g *Guard) identify(authorization string) (Identity, bool) {
	scheme, token, _ := strings.Cut(authorization, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return Identity{}, false
	}
	// A map, since a struct's fields would be filled from claims in any case.
	claims := jwt.MapClaims{}
	key := func(*jwt.Token) (any, error) { return g.secret, nil }
	if _, err := g.parser.ParseWithClaims(strings.TrimSpace(token), claims, key); err != nil {
		return Identity{}, false
	}
	id, _ := claims["sub"].(string)
	role, _ := claims["role"].(string)
	if id == "" || role == "" || strings.ContainsRune(id, 0) || !utf8.ValidString(id) {
		return Identity{}, false
	}
	return Identity{id, Role(role)}, true
}
