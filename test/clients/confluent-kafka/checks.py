"""Named checks, one after the other, each within a time limit.

Prints the lines the runner reads: ``ok NAME``, ``not ok NAME: why``, ``skip NAME: why`` and at the end
``N passed, N failed``.
"""

import threading
import time
import traceback

from confluent_kafka import KafkaException

LIMIT_S = 30
WAIT_S = 15


class Checks:
    def __init__(self):
        self.passed = 0
        self.failed = 0

    def check(self, name, body, *arguments):
        """Runs one check; it fails by raising, or by taking more than 30 s."""
        thrown = []

        def run():
            try:
                body(*arguments)
            except BaseException as error:  # a failed assertion as much as an error
                thrown.append(error)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        thread.join(LIMIT_S)
        if thread.is_alive():
            self._fail(name, f"no result within {LIMIT_S} s")
        elif thrown:
            self._fail(name, _describe(thrown[0]))
        else:
            self.passed += 1
            print(f"ok {name}", flush=True)

    def skip(self, name, why):
        print(f"skip {name}: {why}", flush=True)

    def finish(self):
        """Prints the closing line; the exit status."""
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        return 0 if self.failed == 0 else 1

    def _fail(self, name, why):
        self.failed += 1
        print(f"not ok {name}: {' '.join(why.split())}", flush=True)


def _describe(error):
    frames = [f for f in traceback.extract_tb(error.__traceback__) if not f.filename.endswith("checks.py")]
    at = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__} {error}{at}"


def equal(expected, actual, what):
    if expected != actual:
        raise AssertionError(f"{what}: expected {expected!r}, got {actual!r}")


def true(condition, what):
    if not condition:
        raise AssertionError(what)


def fails(code, call):
    """Demands that ``call`` fails with the KafkaError ``code``; returns the error."""
    try:
        call()
    except KafkaException as error:
        kafka_error = error.args[0]
        if kafka_error.code() == code:
            return kafka_error
        raise AssertionError(f"expected error {code}, got {kafka_error}") from error
    raise AssertionError(f"expected error {code}, but the call succeeded")


def eventually(what, holds):
    """Asks every 20 ms, for 15 s at most."""
    end = time.monotonic() + WAIT_S
    while not holds():
        if time.monotonic() > end:
            raise AssertionError(f"not within {WAIT_S} s: {what}")
        time.sleep(0.02)
