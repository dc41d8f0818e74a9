"""Several workers without Kafka: cores that read one log, each as far as it is let."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from functions.schema import Held
from streams.core.standing import Standing
from streams.ports import Place
from streams.settings import Settings
from tests.support.stream_policy import FirstIdle, FixedEstimates
from tests.support.stream_world import World

if TYPE_CHECKING:
    from streams.schema import News

LEASE_S = 2.0
LONG_S = 10_000.0
"""What runs is not believed to end by itself."""
SETTINGS = Settings(partitions=4, lease_margin_s=1000.0, silent_after_s=1000.0)


class Worker:
    """One of them: its core, how far it has read, what it has placed."""

    def __init__(self, office: "Office", number: int, policy: FirstIdle) -> None:
        self.number = number
        self.world = World(SETTINGS, policy, estimates=FixedEstimates(LONG_S))
        self.begin(office, f"worker-{number}", policy)

    def begin(self, office: "Office", name: str, policy: FirstIdle) -> None:
        """As a new process, that reads on from the last record of the log."""
        self.standing = self.world.standing = Standing(
            name, LEASE_S, lambda: office.clock_s, office.dead.__contains__
        )
        self.policy = self.world.policy = policy
        self.world.core = self.world.fresh_core()
        self.position = max(0, len(office.log) - 1)
        self.listings = max(0, len(office.listed) - 1)
        """How many of the instance's events it has been told."""


class Office:
    """One pool with one instance; time passes only when it is told."""

    def __init__(
        self,
        count: int,
        slots: int = 1,
        policy: Callable[[], FirstIdle] = lambda: FirstIdle(LONG_S),
        configuration: str = "c",
    ) -> None:
        """``policy``: that of each worker."""
        self._policy = policy
        self._configuration = configuration
        self.clock_s = 100.0
        self.log: list[News] = []
        self.slots = slots
        self.listed: list[tuple[Held, ...]] = [()]
        self.running: dict[tuple[str, int], tuple[Worker, Place]] = {}
        self.workers: list[Worker] = []
        self._starts = 0
        self.dead: set[str] = set()
        """Names of workers of which it can be seen that they are."""
        self._taken: set[tuple[str, int]] = set()
        for _ in range(count):
            self.join()

    def join(self) -> Worker:
        """One more worker, that owns the partition of its number."""
        worker = Worker(self, len(self.workers), self._policy())
        worker.world.now_s += self.clock_s - 100.0
        self.workers.append(worker)
        self._open(worker)
        return worker

    def _open(self, worker: Worker) -> None:
        worker.world.pool(configuration=self._configuration)
        worker.world.start([worker.number])
        self.list_to(worker)

    def leave(self, worker: Worker) -> None:
        """A worker ends in good order."""
        self.workers.remove(worker)
        worker.world.core.revoked(worker.number)
        worker.world.do(worker.world.core.leave(worker.world.now_s))
        self.log += worker.world.told

    def restart(self, worker: Worker) -> None:
        """A worker ends in good order, and its partition is taken over by a new process."""
        world = worker.world
        world.core.revoked(worker.number)
        world.do(world.core.leave(world.now_s))
        self._write()
        self._starts += 1
        worker.begin(self, f"worker-{worker.number}-{self._starts}", self._policy())
        self._open(worker)
        for (topic, number), log in list(world.log.items()):
            if number == worker.number:
                for record in log[world.acknowledged.get((topic, number), -1) + 1 :]:
                    world.deliver(record)

    def settle(self, seconds: float = 2 * LEASE_S, step_s: float = 0.25) -> None:
        """All workers beat and read everything for a while."""
        for _ in range(round(seconds / step_s)):
            self.wait(step_s)
            self.everything()

    def everything(self) -> None:
        """Until nobody has anything to say."""
        for worker in self.workers:
            worker.world.do(worker.world.core.beat(worker.world.now_s))
            worker.world.tick()
            self.list_to(worker)
        while self._write() or any(worker.position < len(self.log) for worker in self.workers):
            for worker in self.workers:
                self.read(worker)

    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.clock_s += seconds
        for worker in self.workers:
            worker.world.now_s += seconds

    def beat(self, worker: Worker) -> None:
        """A worker says that it lives, if it is time."""
        worker.world.do(worker.world.core.beat(worker.world.now_s))
        self._write()

    def read(self, worker: Worker, most: int = 1_000_000) -> None:
        """A worker reads on in the log."""
        for _ in range(min(most, len(self.log) - worker.position)):
            news = self.log[worker.position]
            world = worker.world
            world.do(world.core.news(news, worker.position, world.now_s))
            worker.position += 1
        self._write()

    def list_to(self, worker: Worker, most: int = 1_000_000) -> None:
        """A worker reads on in what the instance has said."""
        for _ in range(min(most, len(self.listed) - worker.listings)):
            held = self.listed[worker.listings]
            worker.listings += 1
            worker.world.hold(slots=self.slots, running=held, sequence=worker.listings)
        self._write()

    def submit(self, worker: Worker, name: str) -> None:
        """A request comes to a worker."""
        worker.world.submit(name, partition=worker.number)
        self._write()

    def end(self, key: tuple[str, int]) -> None:
        """The instance has computed something."""
        worker, place = self.running.pop(key)
        self._say()
        worker.world.report(place)
        self._write()

    def placed(self) -> list[str]:
        """Ids of the requests that are placed now, in their order."""
        return [place.decision.request_id for _, place in self.running.values()]

    def tell_capacity(self) -> None:
        """The instance says what it holds."""
        self._say()

    def _say(self) -> None:
        self.listed.append(tuple(self._held([place for _, place in self.running.values()])))

    @staticmethod
    def _held(places: Sequence[Place]) -> list[Held]:
        return [
            Held(identity=p.identity, attempt=p.attempt, model="m", elapsed_s=0.0) for p in places
        ]

    def _write(self) -> bool:
        """What workers have told goes to the log, what they have placed to the instance."""
        wrote = False
        for worker in self.workers:
            wrote = wrote or bool(worker.world.told)
            self.log += worker.world.told
            worker.world.told.clear()
            for place in worker.world.placed:
                key = (place.identity, place.attempt)
                if key not in self._taken:
                    self._taken.add(key)
                    self.running[key] = (worker, place)
        return wrote
