"""One worker process: the composition root of the stream processor."""

import asyncio
import logging
import signal
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from typing import Any, Final

import faust

from profiles import shipped, store
from scheduler.estimator import Estimator
from scheduler.registry import variant
from scheduler.warming import warm
from streams import agents
from streams.core import Dispatcher
from streams.core.standing import Mode
from streams.errors import BrokerError
from streams.ports import Ledger
from streams.settings import Settings
from streams.topics import HEADROOM_BYTES, Topics
from streams.worker import forgotten, lenient
from streams.worker.beating import beating, standing
from streams.worker.clock import WorkerClock
from streams.worker.demanding import telling
from streams.worker.draining import drained
from streams.worker.feeds import Feed, read_capacity, read_news, read_pool
from streams.worker.lacking import Lacking
from streams.worker.ledger import KafkaLedger
from streams.worker.metrics import Metrics
from streams.worker.patient import PatientLedger
from streams.worker.publisher import publishers
from streams.worker.tuner import Tuner
from streams.worker.web import Web
from streams.worker.worker import Outlets, Worker

_LOG: Final = logging.getLogger("synergai.app")
_WATCH_S: Final = 0.2
_LOOK_S: Final = 0.5
_BREATH_S: Final = 0.001
_DECISIONS_LINGER_MS: Final = 5
_STOP_S: Final = 10.0
_SILENT_S: Final = 4.0
"""The broker is asked several times a second."""

MakeLedger = Callable[[str, Settings, WorkerClock], Ledger]


class Application:
    """Everything of one worker, built from settings; ``serve`` runs it until it is told to stop."""

    def __init__(
        self, settings: Settings, bootstrap: str, ledger: MakeLedger = KafkaLedger
    ) -> None:
        """Build without connecting. ``ledger``: another one, to be compared with ours.

        Raises:
            ProfileError, SchedulerError: unusable profiles, an unknown policy or parameter.
        """
        self._settings = settings
        self._bootstrap = bootstrap
        self._make_ledger = ledger
        self._topics = topics = Topics(settings)
        profiles = store.load(settings.profiles) if settings.profiles else shipped.everything()
        estimator = Estimator(profiles)
        policy = variant(settings.policy, estimator, settings.policy_parameters)
        self._standing = standing(settings)
        self.core = Dispatcher(
            settings,
            policy,
            estimator,
            topics,
            estimator.version,
            breath_s=_BREATH_S,
            reported=self._reported,
            standing=self._standing,
        )
        self.clock = WorkerClock()
        self.metrics = Metrics()
        self._tuner = Tuner(policy, settings.tuning_file, self.clock, self.metrics)
        self._tuner.restore()
        self.metrics.waiting.set_function(lambda: self.core.waiting)
        for tenant in settings.tenants:
            waiting = partial(self._waiting, tenant)
            self.metrics.tenant_waiting.labels(tenant).set_function(waiting)
        self.metrics.open.set_function(lambda: self.core.in_flight)
        self._stopping = asyncio.Event()
        self._ready = False
        self._heard_s = float("inf")
        """When the broker last answered; not before it did, and not when it is asked no more."""
        self._feeding: Sequence[Feed] = ()
        self._connected: agents.Agents | None = None

    def _waiting(self, tenant: str) -> int:
        return self.core.waiting_of.get(tenant, 0)

    def stop(self) -> None:
        """Ask it to end."""
        self._stopping.set()

    async def run(self) -> None:
        """`serve`; once asked to stop, no longer than a worker may take to end.

        Raises:
            StreamsError, BrokerError: as `serve`.
        """
        serving = asyncio.ensure_future(self.serve())
        stopping = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait([serving, stopping], return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not await drained(serving, self._is_away):
            _LOG.warning(
                "ends while the broker does not answer; nothing is lost: what is not committed "
                "is taken up at the next start"
            )

    def _is_away(self) -> bool:
        """Whether the broker has not answered for a while."""
        silent_s = time.monotonic() - self._heard_s
        return any(feed.away for feed in self._feeding) or silent_s > _SILENT_S

    async def serve(self) -> None:
        """Wait for broker and topics, then work until `stop`.

        Raises:
            StreamsError: topics or settings do not fit together.
            BrokerError: Faust ended by itself.
        """
        settings = self._settings
        warming = asyncio.to_thread(warm, settings.policy, settings.policy_parameters)
        self._warming = asyncio.ensure_future(warming)
        async with AsyncExitStack() as stack:
            web = Web(self._health, self.metrics.text)
            if self._settings.app_port:
                await web.start(self._settings.app_host, self._settings.app_port)
                stack.push_async_callback(web.stop)
            if await self._topics_there():
                await self._work(stack)

    async def _work(self, stack: AsyncExitStack) -> None:
        lenient.install()
        forgetting = asyncio.create_task(forgotten.forget_dead(self._bootstrap, self._topics.group))
        stack.callback(forgetting.cancel)
        largest = self._settings.max_request_bytes + HEADROOM_BYTES
        made = publishers(self._bootstrap, largest, self.clock, (0, _DECISIONS_LINGER_MS, 0))
        published = await stack.enter_async_context(made)
        ledger = PatientLedger(
            self._make_ledger(self._bootstrap, self._settings, self.clock), self._warming
        )
        outlets = Outlets(ledger, *published)
        self._worker = worker = Worker(self._settings, self.core, outlets, self.clock, self.metrics)
        self.metrics.held.set_function(lambda: worker.held_bytes)
        stack.push_async_callback(worker.stop)
        feeding = await stack.enter_async_context(self._feeds(worker))
        await stack.enter_async_context(
            telling(self.core, outlets.decisions, self._topics, self.clock)
        )
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="synergai-app-"))
        app = agents.make(self._settings, self._bootstrap, folder)
        self._connected = connected = agents.Agents(app, worker, self._settings)
        self.metrics.paused.set_function(lambda: connected.paused)
        await stack.enter_async_context(_running(app))
        self._ready = True
        while not await self._stopped_within(_WATCH_S):
            worker.check()
            self._tuner.check()
            for feed in feeding:
                if feed.done():
                    feed.result()  # only by a fault of ours: without capacity nothing is placed
            await connected.go_on()
            if connected.failure is not None:
                raise connected.failure
            if app.should_stop:
                raise BrokerError(f"the consumer ended: {app.crash_reason!r}")
        await worker.stop()

    async def _topics_there(self) -> bool:
        """Wait until broker and topics are there; False: asked to stop meanwhile."""
        said, lacking = "", Lacking(self._settings, self._bootstrap)
        while not self._stopping.is_set():
            why = await lacking.look()
            if not why:
                self._standing.apart = not lacking.shared
                return True
            if why != said:
                _LOG.warning("%s; waiting", why)
            said = why
            await self._stopped_within(_LOOK_S)
        return False

    @asynccontextmanager
    async def _feeds(self, worker: Worker) -> AsyncIterator[list[asyncio.Task[None]]]:
        def capacity(record: Any) -> None:
            worker.capacity(*read_capacity(record))

        def pool(record: Any) -> None:
            name, declared = read_pool(record)
            worker.removed(name) if declared is None else worker.declared(declared)

        def answered() -> None:
            self._heard_s = time.monotonic()
            worker.heard()

        def news(record: Any) -> None:
            worker.news(*read_news(record))

        make = partial(Feed, self._bootstrap)
        system = self._topics.system
        feeds = [
            make(system("capacity"), capacity, from_start=False),
            make(
                system("pools"),
                pool,
                from_start=True,
                caught_up=worker.pools_ready,
                answered=answered,
            ),
        ]
        if not self._standing.apart:
            feeds.append(make(system("claims"), news, from_start=False, from_last=True))
        self._feeding = feeds
        tasks = [asyncio.create_task(feed.run()) for feed in feeds]
        tasks.append(asyncio.create_task(beating(worker)))
        try:
            yield tasks
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._heard_s = float("inf")

    async def _stopped_within(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)
        return self._stopping.is_set()

    def _reported(self, partition: int) -> int:
        return self._connected.reported(partition) if self._connected is not None else 0

    def _health(self) -> list[str]:
        if not self._ready:
            return ["waiting for the broker and its topics"]
        if any(feed.away for feed in self._feeding) or self._standing.cut_off:
            return ["the broker does not answer"]
        if not self._warming.done():
            return ["the scheduler is being made ready"]
        if self._connected is None or not self._connected.joined:
            return ["the group has assigned nothing yet"]
        if self._standing.mode is Mode.NONE:
            return ["waiting for what other workers hold, if there are any"]
        partitions = self._worker.partitions
        return [f"partition {n} is being restored" for n, live in partitions.items() if not live]


@asynccontextmanager
async def _running(app: faust.App) -> AsyncIterator[None]:
    await app.start()
    try:
        yield
    finally:
        threading.excepthook = _unsaid
        with suppress(TimeoutError):
            await asyncio.wait_for(app.stop(), _STOP_S)


def _unsaid(_: threading.ExceptHookArgs) -> None:
    """Faust's thread stumbles when it is stopped while the broker is away; we end anyway."""


async def serve(settings: Settings, bootstrap: str, ledger: MakeLedger = KafkaLedger) -> None:
    """Run one worker until SIGTERM or SIGINT.

    What its policy compiles is compiled before it places, since a request would wait for it, and
    while it joins the group, which waits for the session of a worker that died.
    """
    application = Application(settings, bootstrap, ledger)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, application.stop)
    await application.run()
