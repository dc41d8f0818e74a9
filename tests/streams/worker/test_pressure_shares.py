"""Whose requests wait in Kafka while the worker is full."""

from streams.ports import Record
from streams.settings import Settings
from streams.worker.intake import Delivered, Intake
from streams.worker.pressure import Pressure

SETTINGS = Settings(queue_limit=100, queue_bytes_limit=10_000_000, tenants=("a", "b"))
TOPICS = {"requests-a": "a", "requests-b": "b"}


class Waiting:
    """The part of the core that is asked."""

    def __init__(self, **waiting: int) -> None:
        self.waiting_of = waiting

    @property
    def waiting(self) -> int:
        """All of them."""
        return sum(self.waiting_of.values())


def pressure(intake: Intake | None = None, **waiting: int) -> Pressure:
    """With so many waiting of each tenant."""
    return Pressure(SETTINGS, TOPICS, Waiting(**waiting), intake or Intake())


def test_below_the_limit_nobody_waits() -> None:
    """However unlike their shares are."""
    assert pressure(a=99, b=1).closed() == frozenset()


def test_above_it_who_uses_more_than_its_share_waits() -> None:
    """The other one goes on until it has its share too."""
    assert pressure(a=98, b=3).closed() == {"requests-a"}
    assert pressure(a=98, b=49).closed() == {"requests-a"}
    assert pressure(a=98, b=51).closed() == {"requests-a", "requests-b"}


def test_who_waits_goes_on_with_room() -> None:
    """Below nine tenths, or below its own share of them."""
    assert pressure(a=91).kept() == {"requests-a"}
    assert pressure(a=89).kept() == frozenset()
    assert pressure(a=40, b=80).kept() == {"requests-b"}


def test_bytes_count_as_requests_do() -> None:
    """A tenant with few large records is the one that waits."""
    intake = Intake()
    for offset in range(3):
        record = Record(
            topic="requests-b", partition=0, offset=offset, append_s=0.0, key=None, headers=(),
            value=b"x" * 4_000_000,
        )  # fmt: skip
        intake.take(Delivered("b", record, lambda: None))
    assert pressure(intake, a=30).closed() == {"requests-b"}
