"""Who may place how, by beats in one log."""

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.core.standing import Mode, Standing

LEASE_S = 2.0
Beat = tuple[str, int, tuple[str, ...]]


class Clock:
    """Time that passes when it is told."""

    def __init__(self) -> None:
        self.now_s = 50.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now_s


class Hall:
    """Standings that read one log, each as far as it is let."""

    def __init__(self, count: int) -> None:
        self.clock = Clock()
        self.log: list[Beat] = []
        self.all = [Standing(f"w{number}", LEASE_S, self.clock) for number in range(count)]
        self.read_to = [0] * count

    def beat(self, number: int) -> None:
        """One writes a beat."""
        one = self.all[number]
        name, knows = one.name, tuple(one.others)
        self.log.append((name, one.beat(), knows))

    def read(self, number: int, most: int = 1_000_000) -> None:
        """One reads on."""
        one = self.all[number]
        for name, beat, knows in self.log[self.read_to[number] :][:most]:
            self.read_to[number] += 1
            if name == one.name:
                if one.own(beat):
                    one.gone()
            else:
                one.other(name, knows)

    def live(self, seconds: float, *numbers: int) -> None:
        """Some beat and read for a while."""
        for _ in range(round(seconds / 0.5)):
            for number in numbers:
                self.beat(number)
            for number in numbers:
                self.read(number)
            self.clock.now_s += 0.5

    @property
    def modes(self) -> list[Mode]:
        """How each may place."""
        return [one.mode for one in self.all]


def test_alone_after_a_lease() -> None:
    """So long another that is alone may go on without having heard of us."""
    hall = Hall(1)
    hall.live(1.5, 0)
    assert hall.modes == [Mode.NONE]
    hall.live(1.5, 0)
    assert hall.modes == [Mode.ALONE]


def test_not_without_own_beats() -> None:
    """A worker that does not hear itself does not know who else is there."""
    hall = Hall(1)
    hall.live(4.0, 0)
    hall.clock.now_s += LEASE_S
    assert hall.modes == [Mode.NONE]


def test_members_once_both_know() -> None:
    """The one that was there stops being alone as soon as it hears of the other."""
    hall = Hall(2)
    hall.live(4.0, 0)
    hall.beat(1)
    hall.read(0)
    assert hall.modes == [Mode.MEMBER, Mode.NONE]
    hall.live(4.0, 0, 1)
    assert hall.modes == [Mode.MEMBER, Mode.MEMBER]


def test_a_newcomer_waits_until_it_is_told() -> None:
    """Of what those hold who were there before."""
    hall = Hall(2)
    hall.live(4.0, 0)
    hall.beat(1)
    for _ in range(6):  # the first beats on without reading of the second
        hall.log.append((hall.all[0].name, 99, ()))
        hall.beat(1)
        hall.read(1)
        hall.clock.now_s += 0.5
    assert hall.all[1].mode is Mode.NONE


def test_alone_again_when_the_other_is_gone() -> None:
    """After twice the time for which its last beat counts."""
    hall = Hall(2)
    hall.live(4.0, 0, 1)
    hall.live(1.5 * LEASE_S, 0)
    assert hall.modes == [Mode.MEMBER, Mode.NONE]
    hall.live(LEASE_S, 0)
    assert hall.modes == [Mode.ALONE, Mode.NONE]


def test_who_slept_has_another_name() -> None:
    """It joins as if it were new."""
    hall = Hall(2)
    hall.live(4.0, 0, 1)
    before = hall.all[1].name
    hall.live(6.0, 0)
    hall.live(1.0, 0, 1)
    assert hall.all[1].name != before
    assert hall.modes == [Mode.MEMBER, Mode.NONE]
    hall.live(4.0, 0, 1)
    assert hall.modes == [Mode.MEMBER, Mode.MEMBER]


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["beat", "read", "read", "wait"]), st.integers(0, 2)),
        max_size=300,
    )
)
def test_nobody_is_alone_while_another_may_place(steps: list[tuple[str, int]]) -> None:
    """Whoever beats, reads or sleeps how long."""
    hall = Hall(3)
    hall.live(4.0, 0, 1)
    for what, number in steps:
        if what == "beat":
            hall.beat(number)
        elif what == "read":
            hall.read(number, 2)
        else:
            hall.clock.now_s += 0.3 * (1 + number)
        if Mode.ALONE in hall.modes:
            assert sorted(mode.value for mode in hall.modes) == ["alone", "none", "none"]
