"""Which instance gets the next event."""

from hypothesis import given
from hypothesis import strategies as st

from streams.source.balance import Balancer

A, B, C = "http://a", "http://b", "http://c"


def test_least_in_flight() -> None:
    """The least busy instance is taken, ties by turns."""
    balancer = Balancer([A, B])
    assert [balancer.take(0.0) for _ in range(4)] == [A, B, A, B]
    balancer.give_back(B)
    balancer.give_back(B)
    assert [balancer.take(0.0) for _ in range(2)] == [B, B]


def test_ties_by_turns() -> None:
    """Idle instances take turns."""
    balancer = Balancer([A, B])
    taken = []
    for _ in range(4):
        url = balancer.take(0.0)
        assert url is not None
        taken.append(url)
        balancer.give_back(url)
    assert taken == [A, B, A, B]


def test_a_batch_stays_together() -> None:
    """All of a batch go where its first went, however busy that is; others go elsewhere."""
    balancer = Balancer([A, B])
    assert [balancer.take(0.0, "one") for _ in range(3)] == [A, A, A]
    assert [balancer.take(0.0, "two"), balancer.take(0.0), balancer.take(0.0, "two")] == [B, B, B]


def test_a_batch_moves_on_from_an_instance_that_refuses() -> None:
    """The rest of a batch goes to one that accepts connections, and stays there."""
    balancer = Balancer([A, B], refused_s=0.5)
    assert balancer.take(0.0, "one") == A
    balancer.refused(A, 0.0)
    assert [balancer.take(0.1, "one"), balancer.take(0.6, "one")] == [B, B]


def test_refused_left_alone() -> None:
    """An instance that refused a connection is skipped for the set time, then tried again."""
    balancer = Balancer([A, B], refused_s=0.5)
    balancer.refused(A, 10.0)
    assert [balancer.take(10.1), balancer.take(10.2)] == [B, B]
    assert balancer.take(10.5) == A


def test_none_usable() -> None:
    """With no instance, or all refusing, there is none to take."""
    assert Balancer().take(0.0) is None
    balancer = Balancer([A])
    balancer.refused(A, 0.0)
    assert balancer.take(0.1) is None


def test_replace_keeps_counts() -> None:
    """Instances that stay keep their counts; ended attempts of departed ones are ignored."""
    balancer = Balancer([A, B])
    balancer.take(0.0)
    balancer.replace([A, C])
    assert [balancer.take(0.0), balancer.take(0.0)] == [C, A]
    balancer.give_back(B)
    balancer.refused(B, 0.0)


@given(st.lists(st.booleans(), max_size=60))
def test_balanced(takes: list[bool]) -> None:
    """As long as only takes and their returns happen, counts differ by one at most under load."""
    balancer = Balancer([A, B, C])
    held: list[str] = []
    for take in takes:
        if take:
            url = balancer.take(0.0)
            assert url is not None
            assert held.count(url) == min(held.count(each) for each in (A, B, C))
            held.append(url)
        elif held:
            balancer.give_back(held.pop())
