// Command sarama runs that client against the broker at BOOTSTRAP (HOST:PORT). QUICK=1 makes a short run.
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
	os.Exit(checks.Run("sarama", client, checks.Limits{
		Lacks: map[string]string{
			"list offsets by highest timestamp and tier": "the client speaks ListOffsets up to version 6",
			"offset for leader epoch":                    "the client has no such call",
		},
	}))
}
