"""What was delivered and is not acknowledged yet, by topic and partition."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from streams.ports import Record

Ack = Callable[[], object]


class Delivered(NamedTuple):
    """A record, the tenant it is a request of (None: feedback) and how to acknowledge it."""

    tenant: str | None
    record: Record
    ack: Ack


class Intake:
    """Kept until acknowledged, so that a partition that starts anew can be told everything again.

    Acknowledging goes in the order of delivery and never past what is still held: the consumer
    underneath would commit across a gap.
    """

    def __init__(self) -> None:
        self._held: dict[tuple[str, int], dict[int, Delivered]] = {}

    def __len__(self) -> int:
        """How many records are held."""
        return sum(len(held) for held in self._held.values())

    def take(self, delivered: Delivered) -> None:
        """Hold a record; one that is delivered again replaces the former."""
        record = delivered.record
        place = (record.topic, record.partition)
        held = self._held.setdefault(place, {})
        backwards = bool(held) and record.offset < next(reversed(held))
        held[record.offset] = delivered
        if backwards:  # the consumer went back; order is what acknowledging rests on
            self._held[place] = dict(sorted(held.items()))

    def acknowledge(self, topic: str, partition: int, offset: int) -> int:
        """Acknowledge everything held up to ``offset``; how many that were."""
        held = self._held.get((topic, partition), {})
        done = []
        for found in held:  # in the order of delivery: offsets grow
            if found > offset:
                break
            done.append(found)
        for found in done:
            held.pop(found).ack()
        return len(done)

    def again(self, partition: int) -> Iterator[Delivered]:
        """What is held of a partition number, each topic in its order."""
        for (_, number), held in self._held.items():
            if number == partition:
                yield from list(held.values())

    def forget(self, partition: int) -> None:
        """The partition number is not ours any more: nothing of it is acknowledged."""
        for place in [place for place in self._held if place[1] == partition]:
            del self._held[place]
