"""A run: how each request of a recording ended, live, simulated or as recorded."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final, Literal

import msgspec

from profiles.explained import explained
from streams.errors import StreamsError
from streams.identity import usable
from streams.replay.files import Recording
from streams.replay.schema import Ended, Entry

FORMAT: Final = "synergai-run"
VERSION: Final = 1


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """How true the publisher was to the times of the recording, in seconds behind each."""

    speed: float | None = None
    """Asked for; None: as fast as it goes."""
    took_s: float = 0.0
    """From the first request to the last."""
    behind_p50_s: float = 0.0
    behind_p99_s: float = 0.0
    behind_max_s: float = 0.0


class Row(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One request."""

    name: str
    """Its place in the recording: the same in every run of it."""
    at_s: float
    """When it was due, after the first; of a recording, when it came."""
    model: str = ""
    budget_s: float | None = None
    repeat: bool = False
    """The same id as an earlier one: it has no outcome of its own."""
    ended: Ended | None = None
    """None: no outcome was seen."""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """What ``synergai replay --save`` writes and ``synergai compare`` reads."""

    format: Literal["synergai-run"] = FORMAT
    version: int = VERSION
    source: Literal["live", "simulated", "recorded"]
    recording: str
    """The name of its file."""
    policy: str = ""
    stack: str = ""
    sending: Sending | None = None
    notes: tuple[str, ...] = ()
    """What a reader of the figures must know."""
    rows: tuple[Row, ...] = ()

    @property
    def counted(self) -> tuple[Row, ...]:
        """The requests that are due an outcome."""
        return tuple(row for row in self.rows if not row.repeat)


class Repeats:
    """Tells which requests repeat an earlier one, as the app does: by identity and partition."""

    def __init__(self) -> None:
        self._seen: set[tuple[str, str, str, int, int]] = set()

    def __call__(self, entry: Entry, partition: int) -> bool:
        """Whether an earlier call had the same identity in the same partition."""
        if entry.malformed or not usable(entry.id):
            return False
        identity = (entry.tenant, entry.source, entry.id, entry.redrive, partition)
        if identity in self._seen:
            return True
        self._seen.add(identity)
        return False


def row(entry: Entry, ended: Ended | None, *, repeat: bool = False, speed: float = 1.0) -> Row:
    """The row of a request; ``speed``: how much faster than recorded it was due."""
    return Row(
        name=entry.name,
        at_s=entry.at_s / speed,
        model=entry.model,
        budget_s=entry.budget_s,
        repeat=repeat,
        ended=ended,
    )


def of_recording(recording: Recording) -> Run:
    """What was seen when it was recorded.

    Raises:
        StreamsError: it has no outcomes.
    """
    if not recording.header.outcomes:
        needed = "found a recording without outcomes, allowed: a saved run, or one made with"
        raise StreamsError(f"{recording.path}: {needed}: synergai record --outcomes")
    return Run(
        source="recorded",
        recording=recording.path.name,
        rows=tuple(_recorded(recording)),
    )


def _recorded(entries: Iterable[Entry]) -> Iterable[Row]:
    repeats = Repeats()
    for entry in entries:
        again = repeats(entry, entry.partition) and entry.outcome is None
        yield row(entry, entry.outcome, repeat=again)


def save(run: Run, path: Path) -> None:
    """Write a run as JSON.

    Raises:
        StreamsError: the file cannot be written.
    """
    try:
        path.write_bytes(msgspec.json.format(msgspec.json.encode(run)) + b"\n")
    except OSError as error:
        raise StreamsError(f"{path}: cannot be written: {error.strerror}") from None


def load(path: Path) -> Run:
    """Read a saved run, or a recording with outcomes.

    Raises:
        StreamsError: names the file, the field, what was found and what is allowed.
    """
    if path.name.endswith((".jsonl", ".jsonl.gz")):
        return of_recording(Recording(path))
    try:
        run = msgspec.json.decode(path.read_bytes(), type=Run)
    except OSError as error:
        raise StreamsError(f"{path}: cannot be read: {error.strerror}") from None
    except msgspec.ValidationError as error:
        fields = {"": Run.__struct_fields__, "format": (FORMAT,)}
        raise StreamsError(f"{path}: {explained(str(error), fields)}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise StreamsError(f"{path}: no JSON: {error}") from None
    if not 1 <= run.version <= VERSION:
        raise StreamsError(f"{path}: version: found {run.version}, allowed: 1 to {VERSION}")
    return run
