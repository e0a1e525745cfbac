// Command load puts one kind of load on one broker, any that speaks Kafka's protocol, and prints what it measured as
// one line of JSON. It does not start brokers, repeat runs or compare them: ../run.ts does.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strconv"
	"time"
)

// timeLimit is for one run, so that a broker that stopped answering does not stop the benchmark.
const timeLimit = 5 * time.Minute

// figures are the measurements of one run by name; the unit is the end of the name.
type figures map[string]float64

func main() {
	scale := flag.Float64("scale", 1, "factor on the amount of work")
	flag.BoolVar(&keepTopics, "keep", false, "leave the topics and their records")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: load [-scale N] [-keep] SCENARIO HOST:PORT PID    (PID: the broker's)\n       load list")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() == 1 && flag.Arg(0) == "list" {
		for _, each := range scenarios {
			fmt.Println(each.name)
		}
		return
	}
	pid, err := strconv.Atoi(flag.Arg(2))
	chosen := find(flag.Arg(0))
	if flag.NArg() != 3 || err != nil || chosen == nil {
		flag.Usage()
		os.Exit(2)
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeLimit)
	defer cancel()
	got, err := chosen.run(ctx, broker{flag.Arg(1), pid}, work(*scale))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	json.NewEncoder(os.Stdout).Encode(got)
}
