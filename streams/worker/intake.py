"""Records that were delivered to the worker and are not acknowledged yet."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

from streams.ports import Record
from streams.requests import size_bytes

Ack = Callable[[], object]
KEPT_BYTES = 4096
"""What a request costs in this process besides its own bytes; measured by bench.app_memory."""
LEFT_BYTES = 1024
"""What is left of a record that is done with and waits for its turn."""


class Delivered(NamedTuple):
    """A record of a requests topic (``tenant``) or of the latency topic (None).

    ``ack`` acknowledges it, in its turn.
    """

    tenant: str | None
    record: Record
    ack: Ack


class _Left(NamedTuple):
    """Of a record that need not be told again."""

    ack: Ack


class Intake:
    """Kept until acknowledged, so that a partition that starts anew can be told everything again.

    Acknowledging goes in the order of delivery and never past what is still held: the consumer
    underneath would commit across a gap. What is let go is not told again and keeps no bytes: it
    is acknowledged together with what is before it.
    """

    def __init__(self) -> None:
        self._held: dict[tuple[str, int], dict[int, Delivered | _Left]] = {}
        self.bytes_of: Counter[str] = Counter()
        """What is held costs in memory, by topic."""
        self.bytes = 0
        """The same of all topics."""
        self._next: dict[tuple[str, int], int] = {}

    def __len__(self) -> int:
        """How many records are held."""
        return sum(len(held) for held in self._held.values())

    def take(self, delivered: Delivered) -> None:
        """Hold a record; one that is delivered again replaces the former."""
        record = delivered.record
        place = (record.topic, record.partition)
        self._next[place] = max(record.offset + 1, self._next.get(place, 0))
        held = self._held.setdefault(place, {})
        former = held.get(record.offset)
        if isinstance(former, _Left):
            held[record.offset] = _Left(delivered.ack)
            return
        backwards = bool(held) and record.offset < next(reversed(held))
        held[record.offset] = delivered
        if former is None:
            self._costs(record.topic, _cost(delivered))
        if backwards:  # the consumer went back; order is what acknowledging rests on
            self._held[place] = dict(sorted(held.items()))

    def let_go(self, topic: str, partition: int, offset: int) -> None:
        """Keep of a record only how to acknowledge it."""
        held = self._held.get((topic, partition), {})
        found = held.get(offset)
        if isinstance(found, Delivered):
            self._costs(topic, LEFT_BYTES - _cost(found))
            held[offset] = _Left(found.ack)

    def acknowledge(self, topic: str, partition: int, offset: int) -> int:
        """Acknowledge what is held up to ``offset`` and what follows it; how many that were."""
        held = self._held.get((topic, partition), {})
        done = []
        for number, found in held.items():  # in the order of delivery: offsets grow
            if number > offset and isinstance(found, Delivered):
                break
            done.append(number)
        for number in done:
            found = held.pop(number)
            self._costs(topic, -_cost(found))
            found.ack()
        return len(done)

    def read_to(self, topic: str, partition: int) -> int:
        """The offset after the furthest that was ever delivered of a partition that is ours."""
        return self._next.get((topic, partition), 0)

    def again(self, partition: int) -> Iterator[Delivered]:
        """What must be told again of a partition number, each topic in its order."""
        for (_, number), held in self._held.items():
            if number == partition:
                yield from [found for found in held.values() if isinstance(found, Delivered)]

    def forget(self, partition: int) -> None:
        """The partition number is not ours any more: nothing of it is acknowledged."""
        for place in [place for place in self._next if place[1] == partition]:
            del self._next[place]
            self._costs(place[0], -sum(map(_cost, self._held.pop(place, {}).values())))

    def _costs(self, topic: str, more: int) -> None:
        self.bytes_of[topic] += more
        self.bytes += more


def _cost(found: Delivered | _Left) -> int:
    return KEPT_BYTES + size_bytes(found.record) if isinstance(found, Delivered) else LEFT_BYTES
