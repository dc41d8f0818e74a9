"""Who gets a slot when several workers claim it."""

from hypothesis import given
from hypothesis import strategies as st

from scheduler.claims import WINDOW, Claim, Claims, Verdict, rooms
from scheduler.types import Placement, PoolState

GRANTED, VOID, UNSURE = Verdict.GRANTED, Verdict.VOID, Verdict.UNSURE


def claim(worker: str, seen: int, room: int = 1, pool: str = "a", near: str = "") -> Claim:
    """A worker's claim; ``near`` are the pools of its board beside its own."""
    return Claim(worker, pool, (pool, *near), seen, room)


def placement(pool: str, start_s: float) -> Placement:
    """A placement that is expected to start then."""
    return Placement(
        key="k",
        model="m",
        pool=pool,
        configuration="c",
        attempt=1,
        expected_start_s=start_s,
        expected_end_s=start_s,
        latest_end_s=start_s,
        candidates=(),
        reason="",
    )


def state(name: str, *free_at_s: float, wakeable: int = 0) -> PoolState:
    """A pool with these slots."""
    return PoolState(
        name=name,
        architecture="x",
        configuration="c",
        models=frozenset("m"),
        free_at_s=free_at_s,
        wakeable=wakeable,
    )


def test_the_first_gets_the_only_slot() -> None:
    """Of two that saw it free the one whose claim stands first in the log."""
    log = Claims()
    assert log.read(0, claim("one", -1)) is GRANTED
    assert log.read(1, claim("two", -1)) is VOID


def test_who_has_seen_the_other_claim_is_granted() -> None:
    """It decided in the knowledge of it, whatever it did decide."""
    log = Claims()
    log.read(0, claim("one", -1))
    assert log.read(1, claim("two", 0)) is GRANTED


def test_there_is_room_for_two() -> None:
    """A claim that saw two slots free stands one claim that it did not know of, not two."""
    log = Claims()
    assert log.read(0, claim("one", -1, room=2)) is GRANTED
    assert log.read(1, claim("two", -1, room=2)) is GRANTED
    assert log.read(2, claim("three", -1, room=2)) is VOID


def test_own_claims_do_not_count() -> None:
    """A worker knows what it has claimed itself."""
    log = Claims()
    assert [log.read(n, claim("one", -1)) for n in range(3)] == [GRANTED] * 3


def test_other_pools_do_not_count() -> None:
    """But for those on the same board."""
    log = Claims()
    log.read(0, claim("one", -1, pool="b"))
    assert log.read(1, claim("two", -1)) is GRANTED
    assert log.read(2, claim("three", 1)) is GRANTED
    assert log.read(3, claim("four", -1, pool="c", near="b")) is VOID


def test_a_void_claim_takes_nothing() -> None:
    """So of workers that claim again and again one always gets on."""
    log = Claims()
    log.read(0, claim("one", -1))
    assert log.read(1, claim("two", -1)) is VOID
    assert log.read(2, claim("three", 0)) is GRANTED


def test_a_claim_from_long_ago_is_void() -> None:
    """Its worker slept; nobody has to remember what came between."""
    log = Claims()
    log.read(0, claim("one", -1, pool="b"))
    assert log.read(WINDOW + 1, claim("two", 0)) is VOID


def test_a_newcomer_is_unsure_for_a_while() -> None:
    """What hangs on claims from before it read may be granted or not, until that is over."""
    log = Claims()
    assert log.read(100, claim("one", 90)) is UNSURE
    assert log.read(101, claim("two", 99)) is UNSURE
    assert log.read(102, claim("two", 101)) is GRANTED
    assert log.read(103, claim("three", 101)) is VOID


@given(
    st.lists(st.tuples(st.sampled_from("123"), st.integers(1, 3), st.integers(0, 6)), max_size=40),
    st.integers(0, 39),
)
def test_a_newcomer_never_errs(drawn: list[tuple[str, int, int]], first: int) -> None:
    """Where it is sure, it says what those say who have read everything."""
    claims = [
        claim(worker, max(-1, at - 1 - late), room) for at, (worker, room, late) in enumerate(drawn)
    ]
    everything, newcomer = Claims(), Claims()
    for at, one in enumerate(claims):
        verdict = everything.read(at, one)
        if at >= first:
            assert newcomer.read(at, one) in {verdict, UNSURE}


@given(st.lists(st.tuples(st.sampled_from("123"), st.integers(0, 6)), max_size=60))
def test_slots_are_never_given_twice(drawn: list[tuple[str, int]]) -> None:
    """A worker that counts free slots by what it has read never gets one that is taken."""
    slots, log = 3, Claims()
    granted: list[tuple[int, str]] = []
    for at, (worker, late) in enumerate(drawn):
        seen = max(-1, at - 1 - late)
        known = sum(position <= seen or by == worker for position, by in granted)
        if known < slots and log.read(at, claim(worker, seen, slots - known)) is GRANTED:
            granted.append((at, worker))
    assert len(granted) <= slots


def test_rooms() -> None:
    """Slots that are free by the start, less what stands before in the same decision."""
    pools = [state("a", 0.0, 5.0, 9.0), state("b", 0.0), state("c", wakeable=2)]
    wanted = [placement("a", 5.0), placement("a", 9.0), placement("b", 1.0), placement("c", 1.0)]
    assert rooms(wanted, pools, {}) == [2, 2, 1, 2]
    board = {name: frozenset("ab") for name in "ab"}
    assert rooms(wanted, pools, board) == [2, 2, 1, 2]


def test_there_is_room_for_one_at_least() -> None:
    """What was decided in full knowledge may queue, and leaves if nothing comes between."""
    assert rooms([placement("a", 1.0)] * 2, [state("a", 5.0)], {}) == [1, 1]
