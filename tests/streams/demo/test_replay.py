"""The open-loop producer."""

from typing import Any

from streams.demo.replay import firing, replay
from streams.demo.workload import Shot


def _shots(*times: float) -> list[Shot]:
    return [
        Shot(request_id=str(n), at_s=at_s, model="magika", budget_s=0.1)
        for n, at_s in enumerate(times)
    ]


class Clock:
    """Time passes by waiting, and by ``cost_s`` for each request sent."""

    def __init__(self, cost_s: float = 0.0) -> None:
        self.now_s, self._cost_s = 100.0, cost_s
        self.fired: list[tuple[str, float]] = []
        self.give_up = False

    def now(self) -> float:
        """Seconds."""
        return self.now_s

    def wait(self, seconds: float) -> bool:
        """Sleep."""
        self.now_s += seconds
        return self.give_up

    def fire(self, shot: Shot) -> None:
        """Send."""
        self.fired.append((shot.request_id, round(self.now_s - 100.0, 3)))
        self.now_s += self._cost_s


def test_sends_when_the_trace_says() -> None:
    """Not earlier, and nothing is late on an idle machine."""
    clock, late_s = Clock(), list[float]()
    replay(_shots(0.0, 0.5, 2.0), clock.fire, late_s, clock.now, clock.wait)
    assert clock.fired == [("0", 0.0), ("1", 0.5), ("2", 2.0)]
    assert late_s == [0.0, 0.0, 0.0]


def test_being_behind_is_written_down_and_moves_nothing() -> None:
    """A slow send delays the next, not the ones after: the trace's times stand."""
    clock, late_s = Clock(cost_s=0.75), list[float]()
    replay(_shots(0.0, 0.5, 2.0), clock.fire, late_s, clock.now, clock.wait)
    assert clock.fired == [("0", 0.0), ("1", 0.75), ("2", 2.0)]
    assert late_s == [0.0, 0.25, 0.0]


def test_gives_up_when_told() -> None:
    """Ctrl-C does not wait for the rest of the minute."""
    clock, late_s = Clock(), list[float]()
    clock.give_up = True
    replay(_shots(0.0, 0.5), clock.fire, late_s, clock.now, clock.wait)
    assert clock.fired == [("0", 0.0)]


def test_a_shot_is_a_cloudevent_with_its_models_input() -> None:
    """Keyed by its id, with a deadline."""
    sent: list[Any] = []
    fire = firing({"magika": (b"text", "text/plain")}, lambda *record: sent.append(record))
    fire(_shots(0.0)[0])
    ((key, headers, value),) = sent
    assert (key, value) == (b"0", b"text")
    assert dict(headers)["ce_subject"] == b"magika"
    assert dict(headers)["content-type"] == b"text/plain"
    assert "ce_deadline" in dict(headers)
