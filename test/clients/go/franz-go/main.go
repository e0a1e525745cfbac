// Command franz-go runs that client against the broker at BOOTSTRAP (HOST:PORT). QUICK=1 makes a short run.
package main

import (
	"fmt"
	"os"

	"odradek/clients/checks"
)

func main() {
	client, err := newClient()
	if err != nil {
		fmt.Println("not ok connect:", err)
		os.Exit(1)
	}
	os.Exit(checks.Run("franz-go", client, checks.Limits{}))
}
