"""Random interleavings: every accepted request has exactly one committed outcome."""

import random
from collections import Counter, defaultdict
from typing import Any

import pytest

from scheduler.estimator import Estimator
from scheduler.policy import Policy
from scheduler.registry import build
from streams.ports import Conclude, History, Place, Record
from streams.settings import Settings
from tests.support.stream_policy import FirstIdle
from tests.support.stream_world import World

SETTINGS = Settings(
    partitions=2, longest_life_s=40.0, dedupe_horizon_s=80.0, grace_s=20.0, queue_limit=15
)
SLOTS = 3


class Chaos:
    """A world whose functions, network, ledger and owner are unreliable, by a seed."""

    def __init__(self, seed: int, policy: Policy | None = None) -> None:
        self.draw = random.Random(seed)
        self.world = World(SETTINGS, policy)
        self.world.commits = False
        self.world.pool()
        self.world.do(self.world.core.pools_ready(self.world.now_s))
        self.identities: set[str] = set()
        self.names = 0
        self.computing: list[Place] = []
        self.seen = 0
        for partition in range(SETTINGS.partitions):
            self.world.own(partition)

    def step(self) -> None:
        """One thing happens."""
        moves = [
            (self.arrive, 8),
            (self.repeat, 2),
            (self.redeliver, 2),
            (self.compute, 9),
            (self.lose, 1),
            (self.hold, 4),
            (self.wait, 6),
            (self.commit, 6),
            (self.fence, 1),
            (self.unsent, 1),
        ]
        self.draw.choices([move for move, _ in moves], [weight for _, weight in moves])[0]()
        self.computing += self.world.placed[self.seen :]
        self.seen = len(self.world.placed)

    def arrive(self) -> None:
        """Mostly good requests, some of an unknown model, some malformed, some without an id."""
        self.names += 1
        kind = self.draw.choice(["good"] * 7 + ["unknown", "malformed", "nameless"])
        attributes: dict[str, Any] = {
            "good": {},
            "unknown": {"subject": "nope"},
            "malformed": {"priority": "high"},
            "nameless": {"id": ""},
        }[kind]
        self.world.submit(f"r{self.names}", partition=self.draw.randrange(2), **attributes)

    def repeat(self) -> None:
        """The producer sends the same again, to the same partition."""
        record = self.any_request()
        if record:
            self.world.send(record.headers, record.value, partition=record.partition)

    def redeliver(self) -> None:
        """Kafka delivers what was not acknowledged again, and something before it."""
        for (topic, partition), log in list(self.world.log.items()):
            start = self.world.acknowledged.get((topic, partition), -1) + 1
            for record in log[max(0, start - 1) :]:
                self.world.deliver(record)

    def compute(self) -> None:
        """A function ends with any verdict, perhaps twice, perhaps reporting twice."""
        if not self.computing:
            return
        index = self.draw.randrange(len(self.computing))
        place = self.computing[index]
        if self.draw.random() < 0.8:
            del self.computing[index]
        verdict = self.draw.choice(["answered"] * 6 + ["failed", "temporary", "skipped"])
        fields = {"verdict": verdict} if verdict != "temporary" else {
            "verdict": "failed", "permanent": False, "retry_after_s": self.draw.random() * 5
        }  # fmt: skip
        record = self.world.report(place, **fields)
        if self.draw.random() < 0.2:
            self.world.deliver(record)

    def lose(self) -> None:
        """A placement gets lost on its way."""
        if self.computing:
            self.computing.pop(self.draw.randrange(len(self.computing)))

    def hold(self) -> None:
        """An instance lists some of what it has, or has become silent."""
        listed = [self.world.held(place) for place in self.computing[:SLOTS]]
        self.world.hold(f"edge-{self.draw.randrange(2)}", slots=SLOTS, running=listed)

    def wait(self) -> None:
        """Time goes by."""
        self.world.tick(self.draw.choice([0.01, 0.1, 0.5, 2.0]))

    def commit(self) -> None:
        """The ledger commits some of what it was given, in order."""
        world = self.world
        keep = self.draw.randrange(len(world.uncommitted) + 1)
        later, world.uncommitted = world.uncommitted[keep:], world.uncommitted[:keep]
        self.apply_commit()
        world.uncommitted = later + world.uncommitted

    def apply_commit(self) -> None:
        """Commit the batch; perhaps the worker dies before it hears of it."""
        self.world.commit()

    def fence(self) -> None:
        """A partition is lost with what was not committed, and taken over by us or another."""
        world, partition = self.world, self.draw.randrange(2)
        mine = [c for c in world.uncommitted if c.partition == partition]
        world.uncommitted = [c for c in world.uncommitted if c.partition != partition]
        if mine and self.draw.random() < 0.5:  # committed, but nobody was told
            world.outcomes += [conclude.outcome for conclude in mine]
        world.core.revoked(partition)
        world.core.assigned(partition, world.now_s)
        self.redeliver_to(partition)
        history = world.history(partition)
        if self.draw.random() < 0.3:  # decisions are published at least once, but may be lost
            history = History(concluded=history.concluded)
        world.do(world.core.restored(partition, history, world.now_s))
        self.redeliver_to(partition)

    def redeliver_to(self, partition: int) -> None:
        """Everything unacknowledged of one partition."""
        for (topic, number), log in list(self.world.log.items()):
            if number == partition:
                start = self.world.acknowledged.get((topic, number), -1) + 1
                for record in log[start:]:
                    self.world.deliver(record)

    def unsent(self) -> None:
        """A placement could not be sent."""
        if self.computing:
            place = self.computing.pop()
            world = self.world
            world.do(world.core.unplaced(place.identity, place.attempt, world.now_s))

    def settle(self) -> None:
        """Everything works again until everything is over."""
        world = self.world
        for partition in range(SETTINGS.partitions):
            self.redeliver_to(partition)
        for _ in range(int(SETTINGS.longest_life_s) + 2):
            world.hold("edge-0", slots=SLOTS)
            world.hold("edge-1", slots=SLOTS)
            for place in world.placed[self.seen :]:
                world.report(place)
            self.seen = len(world.placed)
            self.commit_all()
            world.tick(1.0)
        self.commit_all()

    def commit_all(self) -> None:
        """The ledger keeps up."""
        while self.world.uncommitted:
            self.apply_commit()

    def any_request(self) -> Record | None:
        """A record of the requests topic."""
        logs = [log for (topic, _), log in self.world.log.items() if topic.endswith("requests")]
        records = [record for log in logs for record in log[-10:]]
        return self.draw.choice(records) if records else None


@pytest.mark.parametrize("seed", range(40))
def test_every_request_has_exactly_one_outcome(seed: int) -> None:
    """Whatever is lost, repeated, late, fenced or taken over."""
    run(Chaos(seed))


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("policy", ["edf", "synergai"])
def test_the_same_holds_with_a_policy_that_places_by_time(policy: str, seed: int) -> None:
    """Placements may leave before their slot is free."""
    run(Chaos(seed, build(policy, Estimator(()))))


def run(chaos: Chaos) -> None:
    """Chaos, then peace, then the reckoning."""
    for _ in range(250):
        chaos.step()
        check_acknowledged(chaos.world)
    chaos.settle()
    check_outcomes(chaos.world)
    check_nothing_is_left(chaos.world)


def check_acknowledged(world: World) -> None:
    """Only requests whose outcome is committed are acknowledged."""
    concluded = {_name(outcome.request_topic, outcome.request_partition, outcome.request_offset)
                 for outcome in world.outcomes}  # fmt: skip
    named = {(o.request_partition, o.source, o.request_id) for o in world.outcomes}
    for (topic, partition), offset in world.acknowledged.items():
        if not topic.endswith("requests"):
            continue
        for record in world.log[topic, partition][: offset + 1]:
            ours = {k: v.decode() for k, v in record.headers}
            by_name = (partition, ours.get("ce_source", ""), ours.get("ce_id", ""))
            assert _name(topic, partition, record.offset) in concluded or by_name in named


def check_outcomes(world: World) -> None:
    """One outcome per identity, and one identity per request that was sent."""
    counts = Counter(outcome.identity for outcome in world.outcomes)
    assert not [identity for identity, count in counts.items() if count > 1]
    for (topic, partition), log in world.log.items():
        assert world.acknowledged.get((topic, partition), -1) == len(log) - 1, topic
    by_place = defaultdict(list)
    for conclude in world.outcomes:
        by_place[conclude.request_partition, conclude.request_offset].append(conclude)
    assert all(len(found) == 1 for found in by_place.values())


def check_nothing_is_left(world: World) -> None:
    """No life, no slot, no timer, nothing with the policy."""
    book = world.core._book
    assert world.core.in_flight == world.core.waiting == 0
    assert book.slots.unlisted() == 0
    for state in book.slots.states(world.now_s):
        assert state.free_at_s == (0.0,) * (2 * SLOTS)
    assert book.timers.next_s() is None
    world.tick(SETTINGS.dedupe_horizon_s + 1)
    assert len(book.memory) == 0
    assert list(world.policy.doomed(world.now_s)) == []
    if isinstance(world.policy, FirstIdle):
        assert not world.policy.waiting


def _name(topic: str, partition: int, offset: int) -> tuple[str, int, int]:
    return (topic, partition, offset)


def test_conclusions_are_values_that_a_ledger_can_write() -> None:
    """The outcome comes first, in the request's partition."""
    chaos = Chaos(1)
    for _ in range(100):
        chaos.step()
    for conclude in chaos.world.uncommitted:
        assert isinstance(conclude, Conclude)
        first = conclude.records[0]
        assert first.topic.endswith("outcomes")
        assert first.partition == conclude.partition == conclude.outcome.request_partition
