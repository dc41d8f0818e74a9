"""What the app keeps is bounded, whatever comes for however long."""

from bench.app_memory import Steady


def kept(steady: Steady) -> dict[str, int]:
    """How much of each kind."""
    book = steady.path.core._book
    [part] = book.parts.values()
    return {
        "identities": len(book.memory),
        "timers": len(book.timers),
        "lives": len(book.lives),
        "early": len(part._early),
        "unacknowledged": len(steady.intake),
        "bytes": steady.intake.bytes,
        "tracked": sum(
            len(tracker) + len(tracker._done) for tracker in part._trackers.values()
        ),
        "labels": len(steady.metrics._words),
    }  # fmt: skip


def test_nothing_grows_for_ever() -> None:
    """After twice the horizon as much is kept as after four times it, with all that piles up."""
    steady = Steady("edf", seed=3, gap_s=0.5, stuck_every=700)
    most: list[dict[str, int]] = []
    for begin in (0, 4000, 8000):
        for number in range(begin + 1, begin + 4001):
            steady.request(number)
            if number % 100 == 0:
                found = kept(steady)
                before = most.pop() if number > begin + 100 else found
                most.append({name: max(found[name], before[name]) for name in found})
    assert steady.outcomes > 11_000
    for name, size in most[2].items():
        assert size <= 1.1 * most[1][name] + 10, name
    assert most[2]["bytes"] < 20_000_000
