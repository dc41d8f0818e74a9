"""The nouns of the scheduler room. All times are seconds on one clock that the caller chooses."""

import msgspec


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One inference request that waits for a placement.

    ``deadline_s`` is soft (a late answer still counts as late), ``expiry_s`` is hard.
    """

    key: str
    model: str
    arrival_s: float
    deadline_s: float
    expiry_s: float
    priority: int = 0
    size_bytes: int = 0
    attempt: int = 1


class PoolState(msgspec.Struct, frozen=True, kw_only=True):
    """A pool as it is believed to be now.

    ``free_at_s`` has one entry per live slot: when it is expected to be free (past or now: idle).
    A pool at zero has no entry and, if it may be woken, ``cold_start_s`` and ``wakeable`` slots.
    ``slots`` names the slots in the order of ``free_at_s``: a name that appears in two pools is one
    slot that both share (two pools on one board); empty: no slot is shared.
    ``hop_s`` is the way there and back, ``per_byte_s`` what each byte of a payload adds to the way
    there; 0: nothing, or not known. ``busy_w`` is what a slot draws while it computes, beyond what
    it draws idle, in watts; 0: not known. ``largest_batch``: so many requests of one model are
    computed together if they wait at an instance.
    """

    name: str
    architecture: str
    configuration: str
    models: frozenset[str]
    free_at_s: tuple[float, ...]
    cold_start_s: float = 0.0
    wakeable: int = 0
    hop_s: float = 0.0
    emulated: bool = False
    slots: tuple[str, ...] = ()
    busy_w: float = 0.0
    largest_batch: int = 1
    per_byte_s: float = 0.0

    def there_s(self, size_bytes: float) -> float:
        """From leaving to being there, in seconds."""
        return self.hop_s / 2 + size_bytes * self.per_byte_s

    def round_trip_s(self, size_bytes: float) -> float:
        """There with a payload of so many bytes and back, in seconds."""
        return self.hop_s + size_bytes * self.per_byte_s


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One way to run a request: predicted latency (now to answer) and slack at the deadline."""

    pool: str
    architecture: str
    configuration: str
    latency_s: float
    slack_s: float
    service_s: float


class Placement(msgspec.Struct, frozen=True, kw_only=True):
    """A decision as a value: which request goes to which pool, and the best candidates seen.

    ``latest_end_s`` is a high quantile of the answer's time; leases are made from it. ``slot`` is
    the slot it is meant for, as named in ``PoolState.slots``; empty: any.
    """

    key: str
    model: str
    pool: str
    configuration: str
    attempt: int
    expected_start_s: float
    expected_end_s: float
    latest_end_s: float
    candidates: tuple[Candidate, ...]
    reason: str
    doomed: bool = False
    slot: str = ""


class Completion(msgspec.Struct, frozen=True, kw_only=True):
    """What a function reported of one computation. All times are durations in seconds."""

    key: str
    model: str
    pool: str
    configuration: str
    service_s: float
    batch: int = 1
    answered: bool = True
