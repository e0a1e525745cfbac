// Command franz-go runs that client against the broker at BOOTSTRAP (HOST:PORT). QUICK=1 makes a short run.
package main

import "os"

func main() {
	b := newBroker()
	c := &checks{}
	topicChecks(b, c)
	roundTripChecks(b, c)
	groupChecks(b, c)
	offsetChecks(b, c)
	clusterChecks(b, c)
	sizeChecks(b, c)
	c.check("remove the topics", b.removeTopics)
	os.Exit(c.finish())
}
