"""A whole instance in this process: tiny nets, a reporter in memory, HTTP without a socket."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import httpx
import msgspec

from functions.cloudevents import CloudEvent, to_http
from functions.engine.worker import Worker
from functions.reporting.holdings import Holdings
from functions.rfc3339 import render
from functions.schema import Feedback
from functions.server import starting
from functions.server.app import application
from functions.server.instance import Instance
from functions.server.metrics import Metrics
from functions.settings import FunctionSettings
from tests.support.function_models import Doubling, TinyCatalogue
from tests.support.function_reporter import MemoryReporter

RESULTS = "synergai.default.results"
LATENCY = "synergai.system.latency"
SETTINGS = FunctionSettings(
    models=("double",), pool="edge", architecture="jetson", instance="edge-1", device="board"
)


class Server:
    """What a test holds of it."""

    def __init__(
        self,
        instance: Instance,
        holdings: Holdings,
        reporter: MemoryReporter,
        client: httpx.AsyncClient,
    ) -> None:
        self.instance, self.holdings = instance, holdings
        self.reporter, self.client = reporter, client

    @property
    def doubling(self) -> Doubling:
        """What surrounds the tiny net."""
        return cast("Doubling", self.instance.loaded("double").model.processing)

    async def place(
        self,
        body: bytes = b"1 2 3 4",
        changed: Mapping[str, str] = {},
        *,
        lease_s: float = 60.0,
        due_s: float = 30.0,
        **more: str,
    ) -> httpx.Response:
        """Post a placement as the event source does; an empty value leaves an attribute out."""
        now_s = self.reporter.now_s
        attributes = {
            "identity": "default/src/7/0/2", "attempt": "1", "pool": "edge",
            "configuration": "onnxruntime-fp32-t1-b1", "leaseexpiry": render(now_s + lease_s),
            "duetime": render(now_s + due_s), "requesttopic": "synergai.default.requests",
            "requestpartition": "2", "replytopic": RESULTS, "tenant": "default",
        }  # fmt: skip
        return await self.post(body, **(attributes | dict(changed) | more))

    async def post(self, body: bytes = b"1 2 3 4", **attributes: str) -> httpx.Response:
        """Post a CloudEvent in binary mode."""
        core = {"id": "7", "source": "src", "type": "t", "subject": "double"}
        core |= {"datacontenttype": "text/plain"}
        named = {name: attributes.pop(name, value) for name, value in core.items()}
        extensions = {name: value for name, value in attributes.items() if value}
        headers, data = to_http(CloudEvent(**named, extensions=extensions, data=body))
        return await self.client.post("/", content=data, headers=headers)

    def feedback(self) -> list[Feedback]:
        """What the app was told."""
        reports = self.reporter.of(LATENCY)
        return [msgspec.json.decode(report.event.data, type=Feedback) for report in reports]


@asynccontextmanager
async def serving(
    folder: Path, *, kafka: bool = True, opened: bool = True, **changed: object
) -> AsyncIterator[Server]:
    """An instance that takes requests."""
    settings = msgspec.structs.replace(SETTINGS, **changed)
    models = starting.find(settings, TinyCatalogue(folder))
    loaded = starting.load(settings, models)
    worker = Worker(
        loaded,
        slots=settings.slots,
        queue_limit=settings.queue_limit,
        mates_wait_s=settings.mates_wait_s,
    )
    holdings, reporter = Holdings(settings), MemoryReporter()
    instance = Instance(settings, worker, holdings, Metrics(settings))
    transport = httpx.ASGITransport(application(instance, reporter if kafka else None))
    if opened:
        instance.open()
    async with httpx.AsyncClient(transport=transport, base_url="http://function") as client:
        server = Server(instance, holdings, reporter, client)
        try:
            yield server
        finally:
            for model in loaded.values():
                cast("Doubling", model.model.processing).gate.set()
            await worker.close()


def attributes(headers: Mapping[str, str]) -> dict[str, str]:
    """The CloudEvents attributes of an HTTP response."""
    return {k[3:]: v for k, v in headers.items() if k.startswith("ce-")}


async def until(condition: Callable[[], bool]) -> None:
    """Let the loop run until it holds."""
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - any condition, without a hook in the code
            await asyncio.sleep(0.001)
