// Command kafka-go runs that client against the broker at BOOTSTRAP (HOST:PORT). QUICK=1 makes a short run.
package main

import (
	"os"

	"odradek/clients/checks"
)

func main() {
	os.Exit(checks.Run("kafka-go", newClient(), checks.Limits{
		Lacks: map[string]string{
			"log append time":                            "the client's reader shows the producer's time whatever the batch says",
			"idempotent producer":                        "the client has none",
			"cooperative group":                          "the client has no cooperative assignor",
			"static member":                              "the client's groups have no static members",
			"list offsets by highest timestamp and tier": "the client speaks ListOffsets up to version 5",
			"offset for leader epoch":                    "the client has no such call",
			"delete records":                             "the client has no such call",
		},
		EmptyIsNull: true,
		// The client splits the request by broker, and what the parts ask for is lost.
		NoSynonyms: true,
	}))
}
