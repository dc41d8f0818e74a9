"""The demo while it runs, as a terminal shows it. Pure: from values to text."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec
from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from functions.schema import Capacity
from streams.schema import Outcome, Pool

_STYLES: Final = {"met": "green", "late": "yellow", "expired": "red", "failed": "red"}


class PoolNow(msgspec.Struct, frozen=True, kw_only=True):
    """One pool: what its instances hold, and how its requests ended so far."""

    name: str
    architecture: str
    emulated: bool
    slots: int
    running: int
    queued: int
    met: int
    late: int


class Now(msgspec.Struct, frozen=True, kw_only=True):
    """A moment of the demo. Times in seconds since the first request was due."""

    elapsed_s: float
    length_s: float
    requests: int
    sent: int
    waiting: int
    """Sent, without an outcome, and held by no instance: in the app or on the way."""
    kinds: Mapping[str, int]
    pools: tuple[PoolNow, ...]

    @property
    def concluded(self) -> int:
        """Requests with an outcome."""
        return sum(self.kinds.values())


def moment(
    pools: Sequence[Pool],
    held: Iterable[Capacity],
    outcomes: Sequence[Outcome],
    *,
    elapsed_s: float,
    length_s: float,
    requests: int,
    sent: int,
) -> Now:
    """Counts of what was read so far."""
    held = list(held)
    ended = Counter((outcome.pool, str(outcome.kind)) for outcome in outcomes)
    kinds = Counter(str(outcome.kind) for outcome in outcomes)
    rows = tuple(_pool(pool, held, ended) for pool in pools)
    inside = sum(row.running + row.queued for row in rows)
    return Now(
        elapsed_s=elapsed_s,
        length_s=length_s,
        requests=requests,
        sent=sent,
        waiting=max(0, sent - kinds.total() - inside),
        kinds=dict(kinds),
        pools=rows,
    )


def _pool(pool: Pool, held: Iterable[Capacity], ended: Mapping[tuple[str, str], int]) -> PoolNow:
    ours = [each for each in held if each.pool == pool.name]
    return PoolNow(
        name=pool.name,
        architecture=pool.architecture,
        emulated=pool.emulated,
        slots=pool.slots,
        running=sum(len(each.running) for each in ours),
        queued=sum(len(each.queued) for each in ours),
        met=ended.get((pool.name, "met"), 0),
        late=ended.get((pool.name, "late"), 0),
    )


def view(now: Now) -> RenderableType:
    """The picture for a terminal."""
    table = Table(box=None, pad_edge=False)
    for column in ("pool", "architecture", "slots", "running", "queued", "met", "late"):
        table.add_column(column, justify="left" if column in {"pool", "architecture"} else "right")
    for row in now.pools:
        table.add_row(
            row.name,
            _architecture(row),
            str(row.slots),
            "█" * row.running or "·",
            str(row.queued),
            Text(str(row.met), style="green"),
            Text(str(row.late), style="yellow" if row.late else ""),
        )
    head = Table.grid(padding=(0, 1))
    bar = ProgressBar(total=now.length_s, completed=min(now.elapsed_s, now.length_s), width=30)
    head.add_row(bar, _head(now))
    return Group(head, table, _ended(now))


def line(now: Now) -> str:
    """The same in one line, where there is no terminal."""
    pools = ", ".join(
        f"{row.name} {row.running}/{row.slots} running {row.queued} queued" for row in now.pools
    )
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(now.kinds.items()))
    return f"{_head(now)}; {pools}; {kinds or 'no outcomes yet'}"


def _head(now: Now) -> str:
    took = f"{min(now.elapsed_s, now.length_s):.0f} of {now.length_s:g} s"
    return f"{took}: {now.sent} of {now.requests} sent, {now.waiting} waiting"


def _architecture(row: PoolNow) -> str:
    return f"{row.architecture} (emulated)" if row.emulated else row.architecture


def _ended(now: Now) -> Text:
    text = Text("ended: ")
    for kind, count in sorted(now.kinds.items()):
        text.append(f"{count} {kind}  ", style=_STYLES.get(kind, ""))
    return text
