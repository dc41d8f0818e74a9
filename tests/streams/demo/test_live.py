"""The demo as a terminal shows it."""

from io import StringIO

from rich.console import Console, RenderableType

from functions.schema import Capacity, Held
from streams.demo.live import line, moment, view
from streams.schema import Outcome, OutcomeKind, Pool

POOLS = [
    Pool(
        name=name, architecture=name, configuration="auto-fp32-t1-b1", models=("magika",),
        topic=name, slots=2, emulated=name == "jetson",
    )
    for name in ("here", "jetson")
]  # fmt: skip


def _held(number: int) -> Held:
    return Held(identity=str(number), attempt=1, model="magika", elapsed_s=0.0)


def _capacity(pool: str, running: int, queued: int) -> Capacity:
    held = [_held(number) for number in range(running + queued)]
    return Capacity(
        instance=f"{pool}-1", device="d", pool=pool, architecture=pool, configuration="c",
        slots=2, models=("magika",), state="ready", sequence=1,
        running=tuple(held[:running]), queued=tuple(held[running:]),
    )  # fmt: skip


def _outcome(pool: str, kind: OutcomeKind) -> Outcome:
    return Outcome(
        identity="i", request_id="r", tenant="t", source="s", model="magika", kind=kind,
        reason="", pool=pool,
    )  # fmt: skip


NOW = moment(
    POOLS,
    [_capacity("here", 2, 1), _capacity("jetson", 1, 0)],
    [_outcome("here", "met"), _outcome("jetson", "met"), _outcome("jetson", "late")],
    elapsed_s=12.4, length_s=60.0, requests=421, sent=10,
)  # fmt: skip


def _text(picture: RenderableType) -> str:
    console = Console(file=StringIO(), width=100, record=True)
    console.print(picture)
    return console.export_text()


def test_what_waits_is_neither_held_nor_ended() -> None:
    """Ten sent, three ended, four in the pools."""
    assert (NOW.waiting, NOW.concluded) == (3, 3)
    assert [(row.running, row.queued, row.met, row.late) for row in NOW.pools] == [
        (2, 1, 1, 0),
        (1, 0, 1, 1),
    ]


def test_counts_that_are_read_at_different_moments_never_go_below_zero() -> None:
    """An outcome may be read before the capacity event that no longer lists its request."""
    now = moment(
        POOLS, [_capacity("here", 2, 0)], [_outcome("here", "met")], elapsed_s=1, length_s=60,
        requests=1, sent=1,
    )  # fmt: skip
    assert now.waiting == 0


def test_the_picture_shows_time_queue_pools_and_endings() -> None:
    """And which pools are emulated."""
    text = _text(view(NOW))
    assert "12 of 60 s: 10 of 421 sent, 3 waiting" in text
    assert "jetson (emulated)" in text
    assert "here (emulated)" not in text
    assert "ended: 1 late  2 met" in text


def test_one_line_says_the_same() -> None:
    """For logs and pipes."""
    assert line(NOW) == (
        "12 of 60 s: 10 of 421 sent, 3 waiting; here 2/2 running 1 queued, "
        "jetson 1/2 running 0 queued; 1 late, 2 met"
    )
