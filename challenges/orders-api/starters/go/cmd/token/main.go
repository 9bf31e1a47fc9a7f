// Command token makes a token to try things out with.
package main

import (
	"flag"
	"fmt"
	"log"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

func main() {
	secret := flag.String("secret", "", "what the service has as AUTH_SECRET")
	subject := flag.String("sub", "me", "whose token it is")
	role := flag.String("role", "customer", "customer, admin or support")
	flag.Parse()

	token := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"sub":  *subject,
		"role": *role,
		"exp":  time.Now().Add(time.Hour).Unix(),
	})
	signed, err := token.SignedString([]byte(*secret))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(signed)
}
