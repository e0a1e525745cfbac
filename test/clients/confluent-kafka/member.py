"""One consumer of a group on a thread of its own. It commits after each batch, before it gives partitions up."""

import threading

from confluent_kafka import KafkaError, KafkaException

from broker import consumer, text


class Member:
    def __init__(self, group, topic, values=None, **settings):
        #: Partitions held now.
        self.assigned = set()
        #: Values in the order of reading; members of one group may share the list.
        self.values = [] if values is None else values
        #: How often partitions were taken away.
        self.revocations = 0
        self.failure = None
        self._closing = False
        self._cooperative = "partition_assignment_strategy" in settings
        self._consumer = consumer(group, **settings)
        self._consumer.subscribe([topic], on_assign=self._assign, on_revoke=self._revoke, on_lost=self._lost)
        self._thread = threading.Thread(target=self._loop, daemon=True)
        self._thread.start()

    def alive(self):
        if self.failure is not None:
            raise AssertionError(f"the member died: {self.failure}")

    def close(self):
        """Leaves the group (a static member stays in it until its session ends)."""
        self._closing = True
        self._thread.join(10)
        self.alive()

    def _loop(self):
        try:
            while not self._closing:
                messages = self._consumer.consume(100, 0.1)
                for message in messages:
                    if message.error() is not None:
                        raise KafkaException(message.error())
                    self.values.append(text(message.value()))
                if messages:
                    self._commit()
        except Exception as error:
            self.failure = error
        finally:
            self._consumer.close()

    def _commit(self):
        try:
            self._consumer.commit(asynchronous=False)
        except KafkaException as error:
            # Nothing new to commit; or a rebalance began: then the commit on revocation does it.
            if error.args[0].code() not in (KafkaError._NO_OFFSET, KafkaError.REBALANCE_IN_PROGRESS):
                raise

    def _assign(self, client, partitions):
        if self._cooperative:
            client.incremental_assign(partitions)
        else:
            client.assign(partitions)
        self.assigned |= {p.partition for p in partitions}

    def _revoke(self, client, partitions):
        if partitions:
            self.revocations += 1
            self._commit()
        self._release(client, partitions)

    def _lost(self, client, partitions):
        self._release(client, partitions)

    def _release(self, client, partitions):
        if self._cooperative:
            client.incremental_unassign(partitions)
        else:
            client.unassign()
        self.assigned -= {p.partition for p in partitions}


def shared(first, second, partitions):
    """Whether two members hold all partitions between them, each one once, and neither is without."""
    first.alive()
    second.alive()
    one, two = set(first.assigned), set(second.assigned)
    return bool(one) and bool(two) and len(one) + len(two) == partitions and len(one | two) == partitions
