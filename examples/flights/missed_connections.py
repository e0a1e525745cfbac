"""Service 2, in Python: how many passengers miss their connecting flight?

Whoever arrives at an airport wants to go on with the first flight that leaves it 45 minutes or more after
the planned arrival; one that leaves more than 4 hours after it is no connection. It takes 15 minutes to walk from
gate to gate: when the delay leaves less than that, the connection is missed.

GROUP (default example-flights.missed-connections) and STATE (default run/missed-connections) as in delays.mjs.
"""

import json
import os
import signal
import sys

from confluent_kafka import Consumer, KafkaException

TOPIC = "example-flights"
GROUP = os.environ.get("GROUP", f"{TOPIC}.missed-connections")
FOLDER = os.environ.get("STATE", "run/missed-connections")
MINUTE_MS = 60_000
CHANGE_MS = 45 * MINUTE_MS
LONGEST_WAIT_MS = 240 * MINUTE_MS
WALK_MS = 15 * MINUTE_MS


class Airport:
    """One airport as the events have left it. Works only because they come in order: that is what the key is for."""

    def __init__(self, made=0, missed=0, waiting=()):
        self.made = made
        self.missed = missed
        self.waiting = [tuple(arrival) for arrival in waiting]

    def arrival(self, planned_ms, delay):
        self.waiting.append((planned_ms, planned_ms + delay * MINUTE_MS))

    def departure(self, time_ms):
        still_waiting = []
        for planned_ms, actual_ms in self.waiting:
            if time_ms < planned_ms + CHANGE_MS:
                still_waiting.append((planned_ms, actual_ms))
            elif time_ms <= planned_ms + LONGEST_WAIT_MS:
                if actual_ms + WALK_MS > time_ms:
                    self.missed += 1
                else:
                    self.made += 1
        self.waiting = still_waiting


class PartitionState:
    """The airports of one partition and the offset of the first event not in them yet, in one file."""

    def __init__(self, partition):
        self.path = os.path.join(FOLDER, f"{partition}.json")
        self.next_offset = 0
        self.airports = {}
        if os.path.exists(self.path):
            with open(self.path) as file:
                saved = json.load(file)
            self.next_offset = saved["nextOffset"]
            self.airports = {code: Airport(**airport) for code, airport in saved["airports"].items()}

    def apply(self, message):
        if message.offset() < self.next_offset:
            return  # Counted before a crash, and sent again because the commit had not come through.
        airport = self.airports.setdefault(message.key().decode(), Airport())
        _, time_ms = message.timestamp()
        if dict(message.headers())["type"] == b"departure":
            airport.departure(time_ms)
        else:
            airport.arrival(time_ms, json.loads(message.value())["delay"])
        self.next_offset = message.offset() + 1

    def save(self):
        airports = {code: vars(airport) for code, airport in self.airports.items()}
        with open(f"{self.path}.new", "w") as file:
            json.dump({"nextOffset": self.next_offset, "airports": airports}, file)
        os.replace(f"{self.path}.new", self.path)


def commit(consumer):
    try:
        consumer.commit(asynchronous=False)
    except KafkaException as error:
        # The group is rebalancing. Nothing is lost: the events come again, and next_offset knows them.
        print(f"commit put off: {error.args[0].str()}")


def main():
    os.makedirs(FOLDER, exist_ok=True)
    sys.stdout.reconfigure(line_buffering=True)
    running = True
    states = {}

    def stop(*_):
        nonlocal running
        running = False

    def assigned(_, partitions):
        states.update({p.partition: PartitionState(p.partition) for p in partitions})
        print("in the group, with partitions", *sorted(states) or ["(none)"])
        for partition, state in sorted(states.items()):
            if state.next_offset > 0:
                print(f"partition {partition}: goes on at offset {state.next_offset}")

    def revoked(_, partitions):
        for p in partitions:
            states.pop(p.partition, None)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    consumer = Consumer(
        {
            "bootstrap.servers": os.environ.get("BOOTSTRAP", "127.0.0.1:9092"),
            "client.id": "missed-connections",
            "group.id": GROUP,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "session.timeout.ms": 6000,
            "heartbeat.interval.ms": 1000,
        }
    )
    consumer.subscribe([TOPIC], on_assign=assigned, on_revoke=revoked)
    try:
        while running:
            messages = consumer.consume(num_messages=500, timeout=0.2)
            touched = set()
            for message in messages:
                if message.error():
                    print(message.error(), file=sys.stderr)
                    continue
                # A rebalance inside consume() may have given the partition to another member.
                if message.partition() in states:
                    states[message.partition()].apply(message)
                    touched.add(message.partition())
            # First the totals, then the group's offsets: a crash in between repeats events, and loses none.
            for partition in touched & states.keys():
                states[partition].save()
            if touched:
                commit(consumer)
    finally:
        consumer.close()


if __name__ == "__main__":
    main()
