"""The composition root of a function process: start, serve, drain."""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import uvicorn

from functions.engine.worker import Worker
from functions.errors import PermanentError
from functions.ports import Catalogue, Model
from functions.reporting.holdings import Holdings
from functions.reporting.outlet import Outlet
from functions.server import starting
from functions.server.app import application
from functions.server.instance import Instance
from functions.server.metrics import Metrics
from functions.server.starting import Sample
from functions.settings import FunctionSettings

Say = Callable[[str], None]
Models = tuple[Model, ...]
_CLOSE_S: Final = 4.0
_LOG: Final = logging.getLogger(__name__)


def run(settings: FunctionSettings, catalogue: Catalogue, sample: Sample, say: Say) -> None:
    """Serve until SIGTERM or SIGINT; ``say`` gets one line when requests are taken.

    Raises:
        PermanentError: settings, a model or the address cannot be used.
        TemporaryError: a model could not be fetched now.
    """
    logging.basicConfig(level=logging.WARNING)
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # the reporter says it, once
    models = starting.find(settings, catalogue)
    listener = _listen(settings.host, settings.port)
    with listener, asyncio.Runner(loop_factory=_loop_factory()) as runner:
        finished = runner.run(_main(settings, listener, models, sample, say))
    if not finished:
        logging.shutdown()
        os._exit(0)  # the interpreter would wait for threads that still compute


async def _main(
    settings: FunctionSettings, listener: socket.socket, models: Models, sample: Sample, say: Say
) -> bool:
    """Whether everything that was taken has ended."""
    process = _Process(settings, listener)
    await process.serve(models, sample, say)
    return process.finished


class _Process:
    def __init__(self, settings: FunctionSettings, listener: socket.socket) -> None:
        self._settings, self._listener = settings, listener
        self.finished = True
        self._stop = asyncio.Event()
        self._holdings = Holdings(settings)
        self._outlet = Outlet(settings, self._holdings) if settings.kafka_bootstrap else None

    async def serve(self, models: Models, sample: Sample, say: Say) -> None:
        """Start, take requests until told to stop, drain."""
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._stop.set)
        connecting = asyncio.create_task(self._connect())
        try:
            loaded = await asyncio.to_thread(starting.load, self._settings, models)
            worker = Worker(
                loaded,
                slots=self._settings.slots,
                queue_limit=self._settings.queue_limit,
                batch_wait_s=self._settings.batch_wait_s,
                mates_wait_s=self._settings.mates_wait_s,
            )
            try:
                await self._serve(worker, sample, connecting, say)
            finally:
                await worker.close()
        finally:
            await self._disconnect(connecting)

    async def _serve(
        self, worker: Worker, sample: Sample, connecting: asyncio.Task[None], say: Say
    ) -> None:
        changed = self._outlet.changed if self._outlet else lambda: None
        metrics = Metrics(self._settings)
        instance = Instance(self._settings, worker, self._holdings, metrics, changed)
        server = _server(application(instance, self._outlet.reporter if self._outlet else None))
        serving = asyncio.create_task(server.serve(sockets=[self._listener]))
        await self._until_stop(self._open(instance, worker, sample, connecting, say))
        await self._stop.wait()
        await self._drain(instance)
        server.should_exit = True
        await serving

    async def _open(
        self, instance: Instance, worker: Worker, sample: Sample,
        connecting: asyncio.Task[None], say: Say,
    ) -> None:  # fmt: skip
        await starting.warm(worker, sample, time.monotonic)
        await asyncio.shield(connecting)
        instance.open()
        host, port = self._listener.getsockname()[:2]
        models = ", ".join(instance.models)
        say(f"{self._settings.instance} listens on http://{host}:{port} ({models})")

    async def _until_stop(self, work: Any) -> None:
        """Do ``work``, or give it up when the process is told to stop."""
        working = asyncio.create_task(work)
        stopping = asyncio.create_task(self._stop.wait())
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if working.done():
            working.result()
        else:
            working.cancel()

    async def _drain(self, instance: Instance) -> None:
        try:
            async with asyncio.timeout(self._settings.drain_s):
                await instance.drain()
        except TimeoutError:
            count = len(self._holdings)
            self.finished = False
            _LOG.warning("%d requests were not finished in %g s", count, self._settings.drain_s)

    async def _connect(self) -> None:
        if self._outlet is not None:
            await self._outlet.start()

    async def _disconnect(self, connecting: asyncio.Task[None]) -> None:
        connecting.cancel()
        await asyncio.wait({connecting})
        if self._outlet is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_CLOSE_S):
                    await self._outlet.stop()


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are ours: requests are finished before the server ends."""
        yield


def _server(app: Any) -> _Server:
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, lifespan="off", ws="none",
        timeout_graceful_shutdown=1, timeout_keep_alive=75,
    )  # fmt: skip
    return _Server(config)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        raise PermanentError(f"host and port: cannot listen on {host}:{port}: {error}") from None


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # noqa: PLC0415 - quicker, and not everywhere
    except ImportError:
        return None
    return uvloop.new_event_loop
