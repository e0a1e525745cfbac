"""confluent-kafka (librdkafka) against the broker at BOOTSTRAP (HOST:PORT). QUICK=1 makes a short run."""

import os

import broker
import cluster
import groups
import offsets
import round_trip
import sizes
import topics
from checks import Checks


def main():
    checks = Checks()
    for part in (topics, round_trip, groups, offsets, cluster, sizes):
        part.run(checks)
    checks.check("remove the topics", broker.remove_topics)
    return checks.finish()


# Ends without the clients' own clean-up: threads of a failed check may still hold them.
os._exit(main())
