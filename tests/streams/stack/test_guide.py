"""What ``up`` tells."""

from streams.settings import Settings
from streams.stack.guide import guide
from streams.stack.plan import make
from streams.stack.schema import PoolSpec, StackFile

PLAN = make(
    StackFile(models=("magika",), pools=(PoolSpec(name="edge", architecture="jetson"),)),
    Settings(), {"jetson": {"magika": 2.0}}, "127.0.0.1:9092", [18_001],
)  # fmt: skip


def test_says_where_to_connect_what_runs_and_what_to_try() -> None:
    """Bootstrap, topics, pools with their URLs, commands."""
    told = guide(PLAN, Settings(), "127.0.0.1:9092", 18_000, found=True)
    assert "Kafka     127.0.0.1:9092" in told
    assert "synergai.default.requests" in told
    assert "edge: jetson (emulated), auto-fp32-t1-b1, 1 slots, http://127.0.0.1:18001" in told
    assert "emulated  jetson: this machine computes" in told
    assert "  synergai submit --model magika --deadline 300ms\n" in told


def test_says_the_address_where_commands_do_not_find_it() -> None:
    """A stack on another data folder."""
    told = guide(PLAN, Settings(), "127.0.0.1:9092", 18_000, found=False)
    assert "synergai status --watch --bootstrap 127.0.0.1:9092" in told


def test_nothing_is_called_emulated_that_is_not() -> None:
    """This machine alone."""
    plan = make(StackFile(models=("magika",)), Settings(), {}, "127.0.0.1:9", [1])
    assert "emulated" not in guide(plan, Settings(), "127.0.0.1:9", 2, found=True)
