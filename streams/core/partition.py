"""One partition number that this worker owns: its trackers, lives and early feedback."""

from collections import Counter, OrderedDict
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from functions.schema import Feedback
from streams.core.tracker import Tracker
from streams.ports import Acknowledge, History, LetGo, Record

if TYPE_CHECKING:
    from streams.core.life import Life
    from streams.schema import Decision


_EARLY_BYTES = 16 * 1024 * 1024
"""Of feedback whose request is not known yet, in one partition."""
_MOST_S = 10.0
"""How long to wait for feedback that is there and is not read."""


class Report(NamedTuple):
    """Feedback with where it stands."""

    feedback: Feedback
    append_s: float
    tracker: Tracker
    offset: int
    size_bytes: int


class Held(NamedTuple):
    """A record that came before the partition was restored; ``tenant`` None: feedback."""

    tenant: str | None
    record: Record


class Partition:
    """Restoring (records are held) until `live`."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.live = False
        self.held: list[Held] = []
        self.held_of: Counter[str] = Counter()
        """Requests that are held, by tenant."""
        self.lives: dict[str, Life] = {}
        self.decisions: dict[str, Decision] = {}
        """Of requests that were not redelivered yet."""
        self.restored_s = 0.0
        self._reported = self._read_to = 0
        self._read_s = self._progress_s = float("-inf")
        self._trackers: dict[str, Tracker] = {}
        self._early: OrderedDict[str, tuple[float, list[Report]]] = OrderedDict()
        self._early_count = self._early_bytes = 0

    def tracker(self, topic: str) -> Tracker:
        """The tracker of this partition of ``topic``."""
        found = self._trackers.get(topic)
        if found is None:
            found = self._trackers[topic] = Tracker(topic, self.number)
        return found

    def hold(self, held: Held) -> None:
        """Keep a record until it is restored."""
        self.held.append(held)
        if held.tenant is not None:
            self.held_of[held.tenant] += 1

    def restore(self, history: History, now_s: float) -> list[Held]:
        """Become live with what the former owner decided; what was held meanwhile."""
        self.live, self.restored_s, self._progress_s = True, now_s, now_s
        self._reported, self._read_to = history.reported, history.read_to
        self.decisions = dict(history.decisions)
        held, self.held = self.held, []
        self.held_of.clear()
        return held

    def read(self, record: Record, now_s: float) -> None:
        """Feedback was read."""
        self._read_to = max(self._read_to, record.offset + 1)
        self._read_s = max(self._read_s, record.append_s)
        self._progress_s = now_s

    def is_read(self, until_s: float, end: int, now_s: float) -> bool:
        """Whether all feedback is read that was appended until then.

        ``end`` is where it ends as far as known. Bounded, should nothing come.
        """
        all_read = self._read_to >= max(end, self._reported) or self._read_s >= until_s
        return all_read or now_s - self._progress_s > _MOST_S

    def keep_early(self, report: Report, now_s: float, limit: int) -> list[Report]:
        """Hold feedback of a request that is not known yet; what had to make room for it."""
        identity = report.feedback.identity
        self._early.setdefault(identity, (now_s, []))[1].append(report)
        self._early_count += 1
        self._early_bytes += report.size_bytes
        gone: list[Report] = []
        while self._early_count > limit or self._early_bytes > _EARLY_BYTES:
            gone += self.early(next(iter(self._early)))
        return gone

    def early(self, identity: str) -> list[Report]:
        """The feedback that came before its request; it is held no longer."""
        reports = self._early.pop(identity, (0.0, []))[1]
        self._early_count -= len(reports)
        self._early_bytes -= sum(report.size_bytes for report in reports)
        return reports

    def forget(self, before_s: float) -> Iterator[Report]:
        """Give up what nobody asked for since ``before_s``."""
        if self.restored_s < before_s:
            self.decisions.clear()
        while self._early and next(iter(self._early.values()))[0] < before_s:
            yield from self.early(next(iter(self._early)))

    @property
    def oldest_early_s(self) -> float | None:
        """Since when the oldest early feedback waits."""
        return next(iter(self._early.values()))[0] if self._early else None


def acknowledge(tracker: Tracker) -> list[Acknowledge]:
    """The acknowledged prefix as an effect; nothing if there is none yet."""
    if tracker.acknowledged is None:
        return []
    return [
        Acknowledge(topic=tracker.topic, partition=tracker.partition, offset=tracker.acknowledged)
    ]


def let_go(tracker: Tracker, offset: int) -> LetGo:
    """This record need not be kept to be told again."""
    return LetGo(topic=tracker.topic, partition=tracker.partition, offset=offset)
