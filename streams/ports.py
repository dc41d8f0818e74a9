"""The seams of the app: records in, effects out, and what carries effects out.

Times are POSIX seconds on the broker's clock. The core is pure: it holds no clock and does no I/O.
A driver feeds it records and the time, and carries out the effects in the order given.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import msgspec

from functions.schema import Capacity
from streams.schema import Decision, News, Outcome, Pool

Headers = tuple[tuple[str, bytes], ...]


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A consumed record; ``append_s`` is the broker's append time."""

    topic: str
    partition: int
    offset: int
    append_s: float
    key: bytes | None
    headers: Headers
    value: bytes


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """A record to be produced; ``partition`` None: by the key."""

    topic: str
    key: bytes | None
    headers: Headers
    value: bytes
    partition: int | None = None


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Send a placement to its pool and publish the decision. Not transactional, may be repeated."""

    identity: str
    attempt: int
    placement: Outgoing
    decision: Decision
    published: Outgoing
    """The decision as a record, in the request's partition number."""


class Conclude(msgspec.Struct, frozen=True, kw_only=True):
    """Commit a terminal outcome through the ledger of ``partition``: all records or none."""

    partition: int
    outcome: Outcome
    records: tuple[Outgoing, ...]
    """The outcome first, then an error reply and a dead letter where they are due."""


class Acknowledge(msgspec.Struct, frozen=True, kw_only=True):
    """Everything of (topic, partition) up to and including ``offset`` is done with."""

    topic: str
    partition: int
    offset: int


class LetGo(msgspec.Struct, frozen=True, kw_only=True):
    """The record needs no telling again, though something before it is not done with yet.

    Its bytes need not be kept; it is acknowledged when its turn comes.
    """

    topic: str
    partition: int
    offset: int


class Tell(msgspec.Struct, frozen=True, kw_only=True):
    """Append to the log of all workers, in the order in which these come."""

    record: Outgoing


Effect = Place | Conclude | Acknowledge | LetGo | Tell


class History(msgspec.Struct, frozen=True, kw_only=True):
    """What the ledger knows of a partition at takeover."""

    concluded: Mapping[bytes, int] = {}
    """By `streams.identity.digest` the attempt that answered; 0: none did."""
    decisions: Mapping[str, Decision] = {}
    """By identity the latest attempt's, of what is not concluded."""
    read_to: int = 0
    """What functions reported before this offset is known to this worker or done with."""
    reported: int = 0
    """What they had reported at takeover ends before this one; may hold answers to come."""


Reported = Callable[[int], int]
"""By partition number: the offset after its last feedback, as far as it is known."""


class Core(Protocol):
    """The stream logic.

    A partition number means that partition of every tenant's requests, of outcomes, latency and
    decisions together. Methods may be called in any order; records of a partition that is not
    owned have no effects.
    """

    @property
    def waiting(self) -> int:
        """Requests that wait for a placement; above ``queue_limit`` no more are taken."""

    @property
    def waiting_of(self) -> Mapping[str, int]:
        """The same by tenant."""

    def assigned(self, partition: int, now_s: float) -> None:
        """The partition is ours; requests are held until ``restored``."""

    def restored(self, partition: int, history: History, now_s: float) -> Sequence[Effect]:
        """The ledger fenced the former owner and read its history; placing may begin."""

    def revoked(self, partition: int) -> None:
        """Lost or fenced: all state of the partition is dropped, nothing more comes of it."""

    def requested(self, tenant: str, record: Record, now_s: float) -> Sequence[Effect]:
        """A record of a requests topic, new or redelivered."""

    def reported(self, record: Record, now_s: float) -> Sequence[Effect]:
        """A record of the latency topic, in the request's partition number."""

    def capacity(self, capacity: Capacity, append_s: float, now_s: float) -> Sequence[Effect]:
        """What an instance holds."""

    def declared(self, pool: Pool, now_s: float) -> Sequence[Effect]:
        """A pool was declared or changed."""

    def removed(self, pool: str, now_s: float) -> Sequence[Effect]:
        """A pool's declaration is gone."""

    def pools_ready(self, now_s: float) -> Sequence[Effect]:
        """All declared pools were read once: models that none serves are refused from now on."""

    def committed(self, concluded: Sequence[Conclude], now_s: float) -> Sequence[Effect]:
        """The ledger committed these; acknowledgements follow."""

    def unplaced(self, identity: str, attempt: int, now_s: float) -> Sequence[Effect]:
        """The placement could not be sent; it is placed again."""

    def heard(self, now_s: float) -> None:
        """The broker gave a sign of life; leases hold only while it does."""

    def news(self, news: News, position: int, now_s: float) -> Sequence[Effect]:
        """A record of the log of all workers, this one's among them."""

    def beat(self, now_s: float) -> Sequence[Effect]:
        """To be called often: tells the other workers that this one lives."""

    def leave(self, now_s: float) -> Sequence[Effect]:
        """This worker ends and places no more: the next one need not wait for it."""

    def tick(self, now_s: float) -> Sequence[Effect]:
        """Leases, expiries, silent instances, and what the policy asked to be woken for."""

    def wake_at_s(self) -> float | None:
        """When ``tick`` must be called at the latest; None: at the next event."""


class Ledger(Protocol):
    """The transactional ledger. One fence and one transaction at a time per partition."""

    async def take_over(self, partition: int) -> History:
        """Fence a former owner, then read what it committed (read_committed).

        Raises:
            FencedError: another worker fenced us meanwhile.
            BrokerError: the broker cannot be used now.
        """

    async def conclude(self, partition: int, batch: Sequence[Conclude]) -> None:
        """Write every record of the batch in one transaction.

        Raises:
            FencedError: another worker owns the partition; nothing was written.
        """

    async def release(self, partition: int) -> None:
        """Close the partition's producer; unknown partitions are ignored."""


class Publisher(Protocol):
    """Plain at-least-once producing, for placements and decisions."""

    async def publish(self, record: Outgoing) -> None:
        """Send and wait for the acknowledgement.

        Raises:
            BrokerError: it could not be sent.
        """
