"""What the fixtures hand to a test: replays, live and simulated."""

import asyncio
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.console import Console

from streams.errors import StreamsError
from streams.replay.files import Recording
from streams.replay.run import Run
from streams.replay.settled import settled
from streams.settings import Settings
from streams.testing.played import Played

if TYPE_CHECKING:
    from streams.replay.sender import Asked
    from streams.stack.running import Stack

_EVERY_S: Final = 0.1
_Key = tuple[Path | None, str]


class Replays:
    """Starts a stack when a test replays something; the same one is not started twice in a row."""

    def __init__(
        self,
        broker: Callable[[], str],
        folder: Callable[[], Path],
        stack: Path | None,
        here: Path,
    ) -> None:
        """``stack``: where a test names none; ``here``: what relative paths start from."""
        self._broker, self._folder = broker, folder
        self._usual, self._here = stack, here
        self._held = ExitStack()
        self._key: _Key | None = None
        self._running: Stack | None = None
        self.settings = Settings()
        """Of the stack that runs, with the prefix of its topics."""
        self.bootstrap = ""
        """Of the Kafka that it uses."""

    @property
    def prefix(self) -> str:
        """Of the topics of the stack that runs: for a `streams.client.Client` or any other."""
        return self.settings.topic_prefix

    def start(
        self,
        stack: str | Path | None = None,
        policy: str | None = None,
        tenants: tuple[str, ...] = (),
    ) -> None:
        """Have this stack run and ready; ``replay`` does it by itself.

        Raises:
            StreamsError: the stack file or the policy is wrong.
            BrokerError, StackError: Kafka or a process cannot be started.
        """
        file = self._found(stack) if stack else self._usual
        bootstrap = self._broker()
        from streams.replay.own_stack import own_stack  # noqa: PLC0415 - late: engines, Kafka

        fields, place, settings = settled(
            file, policy, kafka_bootstrap=bootstrap, data=self._folder(), tenants=tenants or None,
            topic_prefix=f"t{uuid.uuid4().hex[:10]}",
        )  # fmt: skip
        key = (file, f"{settings.policy} {settings.tenants}")
        if key == self._key and self._running is not None:
            return
        self.stop()
        console = Console(stderr=True)
        stack_context = own_stack(fields, place, settings, settings.data, console)
        self.bootstrap, self._running = self._held.enter_context(stack_context)
        self._key, self.settings = key, settings

    def replay(
        self,
        file: str | Path,
        *,
        stack: str | Path | None = None,
        policy: str | None = None,
        speed: float | None = 1.0,
        count: int | None = None,
        samples: bool = False,
        timeout_s: float | None = None,
    ) -> Played:
        """Publish a recording to a stack and wait for the outcomes; speed None: flat out.

        Raises:
            StreamsError: the recording, the stack file or the policy is wrong.
            BrokerError, StackError: Kafka or a process cannot be started or used.
        """
        recording = Recording(self._found(file))
        self.start(stack, policy, tuple(sorted(set(recording.header.topics.values()))))
        from streams.replay.publishing import Live, asking  # noqa: PLC0415 - late: Kafka

        how = Live(speed=speed, count=count, samples=samples, timeout_s=timeout_s)
        about = {"policy": self.settings.policy, "stack": str(stack or self._usual or "")}
        told = asking(how, self.settings, self.bootstrap, **about)
        return Played(self._published(recording, told))

    def simulate(
        self,
        file: str | Path,
        *,
        stack: str | Path | None = None,
        policy: str | None = None,
        speed: float = 1.0,
        count: int | None = None,
        seed: int = 0,
    ) -> Played:
        """Play a recording on a virtual clock: no broker, no process, seconds at most.

        Raises:
            StreamsError, SchedulerError: the recording, the stack file or the policy is wrong.
        """
        from streams.replay.playing import simulated  # noqa: PLC0415 - late: the scheduler's kernel

        there = self._found(stack) if stack else self._usual
        run = simulated(self._found(file), there, policy, speed=speed, count=count, seed=seed)
        return Played(run)

    def stop(self) -> None:
        """Stop the stack that runs, if one does."""
        self._running, self._key = None, None
        self._held.close()

    def _published(self, recording: Recording, told: "Asked") -> Run:
        """In a thread with a loop of its own, so that tests with a running loop can call it."""
        from streams.replay.live import replay  # noqa: PLC0415 - late: Kafka

        loop = asyncio.new_event_loop()
        stop = asyncio.Event()
        with closing(loop), ThreadPoolExecutor(1) as threads:
            playing = threads.submit(
                loop.run_until_complete, replay(recording, told, stop, lambda: None)
            )
            try:
                while not wait([playing], _EVERY_S).done:
                    self._poll()
            except BaseException:
                loop.call_soon_threadsafe(stop.set)
                raise
            return playing.result()

    def _poll(self) -> None:
        """In the thread that started the processes: they die with it."""
        if self._running is not None:
            self._running.poll()

    def _found(self, path: str | Path) -> Path:
        found = self._here / path
        if not found.exists():
            raise StreamsError(f"{found}: found no such file")
        return found
