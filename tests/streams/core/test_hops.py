"""The way to a pool: what is declared, and what answers teach."""

import numpy as np
import pytest

from streams.core.hops import FIRST_S, Link

HOP_S, PER_BYTE_S = 0.004, 1e-6


def answered(link: Link, sizes: list[int], *, per_byte_s: float = PER_BYTE_S) -> None:
    """Answers over a link of this speed, with some jitter."""
    draws = np.random.default_rng(3)
    for size in sizes:
        link.observe(HOP_S + per_byte_s * size + float(draws.exponential(0.001)), size)


def sizes(count: int) -> list[int]:
    """Payloads of up to half a megabyte."""
    return [int(size) for size in np.random.default_rng(5).integers(1_000, 500_000, count)]


def test_before_any_answer() -> None:
    """What is declared is believed; without it a payload takes no time."""
    assert (Link().hop_s, Link().per_byte_s) == (FIRST_S, 0.0)
    assert Link(2e-6).per_byte_s == 2e-6


def test_the_speed_of_the_link_is_learnt_from_unlike_payloads() -> None:
    """After fifty answers both the hop and the time per byte are near the truth."""
    link = Link()
    answered(link, sizes(50))
    assert link.per_byte_s == pytest.approx(PER_BYTE_S, rel=0.1)
    assert link.hop_s == pytest.approx(HOP_S + 0.001, abs=0.02)


def test_a_wrong_declaration_is_given_up() -> None:
    """A link declared ten times too slow, or too fast, is known after fifty answers."""
    for declared_s in (10 * PER_BYTE_S, PER_BYTE_S / 10):
        link = Link(declared_s)
        answered(link, sizes(50))
        assert link.per_byte_s == pytest.approx(PER_BYTE_S, rel=0.3)


def test_alike_payloads_say_nothing_of_the_link() -> None:
    """Then what is declared stands, and the rest is the hop."""
    link = Link(PER_BYTE_S)
    answered(link, [400_000] * 50)
    assert link.per_byte_s == PER_BYTE_S
    assert link.hop_s == pytest.approx(HOP_S + 0.001, abs=0.001)
    undeclared = Link()
    answered(undeclared, [400_000] * 50)
    assert undeclared.per_byte_s == 0.0
    assert undeclared.hop_s == pytest.approx(HOP_S + 0.401, abs=0.001)


def test_a_declaration_that_cannot_be_true_is_given_up_by_alike_payloads_too() -> None:
    """The whole way took less than the payload alone was said to take."""
    link = Link(10 * PER_BYTE_S)
    answered(link, [400_000] * 50)
    assert link.per_byte_s <= (HOP_S + 0.0012) / 400_000 + PER_BYTE_S


def test_small_payloads_say_little() -> None:
    """Jitter among payloads of a kilobyte makes no slow link."""
    link = Link()
    answered(link, [100 + 20 * number for number in range(50)])
    assert link.per_byte_s < PER_BYTE_S / 10


def test_outliers_move_little() -> None:
    """One answer in ten that hung for five seconds does not change what a byte takes."""
    link = Link()
    draws = np.random.default_rng(7)
    for number, size in enumerate(sizes(100)):
        hung_s = 5.0 if number % 10 == 9 else 0.0
        link.observe(HOP_S + PER_BYTE_S * size + hung_s + float(draws.exponential(0.001)), size)
    assert link.per_byte_s == pytest.approx(PER_BYTE_S, rel=0.35)


def test_a_link_that_changes_is_followed() -> None:
    """Ten times slower from one moment on: after 150 answers the new speed is believed."""
    link = Link()
    answered(link, sizes(100))
    answered(link, sizes(150), per_byte_s=10 * PER_BYTE_S)
    assert link.per_byte_s == pytest.approx(10 * PER_BYTE_S, rel=0.2)


def test_a_clock_that_is_off() -> None:
    """A way that took less than nothing took nothing."""
    link = Link()
    for size in sizes(20):
        link.observe(-1.0, size)
    assert (link.hop_s, link.per_byte_s) == (0.0, 0.0)


def test_declared_anew() -> None:
    """Another declaration counts at once, what was learnt is kept."""
    link = Link()
    link.declare(3e-6)
    assert link.per_byte_s == 3e-6
    answered(link, sizes(50))
    link.declare(2e-6)
    assert link.per_byte_s == pytest.approx(PER_BYTE_S, rel=0.1)
