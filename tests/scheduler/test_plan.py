"""The work of one plan."""

from scheduler.fleet import Choice, Fleet
from scheduler.plan import Plan
from scheduler.slots import SlotBook
from scheduler.waiting import Lanes
from tests.support.decisions import estimator, pool, request


def test_long_queue_is_planned_in_few_steps() -> None:
    """A plan over two equal busy pools and 20,000 requests looks at some hundreds of them."""
    looked = 0

    class Counting(Fleet):
        def choices(
            self, model: str, book: SlotBook, now_s: float, size_bytes: int = 0
        ) -> list[Choice]:
            nonlocal looked
            looked += 1
            return super().choices(model, book, now_s, size_bytes)

    known = estimator({("net", "gpu"): 0.001, ("net", "cpu"): 90.0})
    fleet = Counting(known, 0.0)
    fleet.replace([*(pool(f"gpu-{i}", "net", free=(0.5,) * 4) for i in (1, 2)), pool("cpu", "net")])
    waiting = Lanes(lambda item: item.deadline_s, lambda item: -item.priority)
    for index in range(20_000):
        waiting.add(request(str(index), "net", 100 + index * 0.000125))
    plan = Plan(fleet, 0.0, lookahead=16, lease_quantile=0.99)
    plan.run_urgent(waiting)
    assert plan.placements == []
    assert looked < 300
