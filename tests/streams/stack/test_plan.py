"""From a stack file to processes."""

from profiles.schema import Configuration
from streams.settings import Settings
from streams.stack.plan import count, make, topics
from streams.stack.schema import PoolSpec, StackFile

STACK = StackFile(
    models=("magika", "silero-vad"),
    pools=(
        PoolSpec(name="gpu", architecture="gpu"),
        PoolSpec(name="edge", architecture="jetson", instances=2, slots=2, models=("magika",)),
        PoolSpec(name="here", configuration=Configuration(engine="litert", threads=2)),
    ),
)
PACING = {"gpu": {"magika": 1.0, "silero-vad": 1.0}, "jetson": {"magika": 7.5, "silero-vad": 9.0}}


def test_every_instance_has_a_name_a_port_and_its_models() -> None:
    """Instances of a pool are numbered and take the ports in order."""
    plan = make(STACK, Settings(), PACING, "127.0.0.1:9", [1, 2, 3, 4])
    assert [(i.name, i.port) for i in plan.instances] == [
        ("gpu-1", 1), ("edge-1", 2), ("edge-2", 3), ("here-1", 4),
    ]  # fmt: skip
    assert plan.instances[1].environment["SYNERGAI_MODELS"] == "magika"
    assert plan.urls("edge") == ["http://127.0.0.1:2", "http://127.0.0.1:3"]
    assert count(STACK) == 4


def test_an_emulated_architecture_is_paced_and_says_so() -> None:
    """Pace goes to the function, the label to the pool; this machine has neither."""
    plan = make(STACK, Settings(), PACING, "127.0.0.1:9", [1, 2, 3, 4])
    assert plan.instances[1].environment["SYNERGAI_PACE"] == "magika=7.5"
    assert plan.instances[3].environment["SYNERGAI_PACE"] == ""
    assert [pool.emulated for pool in plan.pools] == [True, True, False]
    assert STACK.emulated == ("gpu", "jetson")


def test_a_pool_declares_topic_configuration_and_slots() -> None:
    """What the app is told of a pool."""
    edge = make(STACK, Settings(), PACING, "127.0.0.1:9", [1, 2, 3, 4]).pools[1]
    assert edge.topic == "synergai.system.arch.jetson.edge.g1"
    assert (edge.slots, edge.models, edge.configuration) == (4, ("magika",), "auto-fp32-t1-b1")


def test_a_stack_needs_the_table_and_a_topic_per_pool() -> None:
    """What ``up`` creates before anything runs."""
    plan = make(STACK, Settings(), PACING, "127.0.0.1:9", [1, 2, 3, 4])
    names = [topic.name for topic in topics(plan, Settings())]
    assert {"synergai.default.requests", "synergai.system.pools"} < set(names)
    assert names[-3:] == [pool.topic for pool in plan.pools]


def test_an_instance_is_lean_and_its_own() -> None:
    """Libraries start no threads of their own; addresses and sizes do not leak from outside."""
    environment = (
        make(STACK, Settings(), PACING, "127.0.0.1:9", [1, 2, 3, 4]).instances[0].environment
    )
    assert environment["OMP_NUM_THREADS"] == "1"
    assert environment["SYNERGAI_HOST"] == "127.0.0.1"
    assert environment["SYNERGAI_MAX_REQUEST_BYTES"] == str(Settings().max_request_bytes)
