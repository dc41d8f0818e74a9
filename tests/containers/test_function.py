"""A function with a real model in a container, beside a broker in another."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import msgspec
import numpy as np
import pytest
import tritonclient.http as triton
from testcontainers.core.network import Network

from functions.catalogue.samples import sample
from functions.cloudevents import CloudEvent, from_kafka, to_http
from functions.rfc3339 import render
from functions.schema import Capacity, Feedback
from streams.settings import Settings
from streams.topics import Topics
from streams.worker.admin import create_topics
from tests.support.containers import running
from tests.support.containers.running import Function
from tests.support.waiting import until
from tests.support.worker_process import read_all

pytestmark = [pytest.mark.containers, pytest.mark.models, pytest.mark.slow]


class Deployed:
    """A function, the topics it writes, and what it wrote."""

    def __init__(self, function: Function, bootstrap: str, topics: Topics) -> None:
        self.function, self._bootstrap, self._topics = function, bootstrap, topics

    async def place(self, name: str) -> int:
        """Post the model's sample as the event source posts placements; the HTTP status."""
        body, media_type = sample("magika")
        now_s = time.time()
        extensions = {
            "identity": f"default/test/{name}/0/2", "attempt": "1", "pool": "edge",
            "configuration": "onnxruntime-fp32-t1-b1", "leaseexpiry": render(now_s + 60.0),
            "duetime": render(now_s + 30.0), "requestpartition": "2", "tenant": "default",
            "requesttopic": self._topics.tenant("default", "requests"),
            "replytopic": self._topics.tenant("default", "results"),
        }  # fmt: skip
        event = CloudEvent(
            id=name, source="test", type="t", subject="magika", datacontenttype=media_type,
            extensions=extensions, data=body,
        )  # fmt: skip
        headers, data = to_http(event)
        async with httpx.AsyncClient(timeout=60.0) as client:
            answer = await client.post(
                f"http://{self.function.address}/", content=data, headers=headers
            )
        return answer.status_code

    async def results(self) -> list[Any]:
        """Records with answers."""
        return await read_all(self._bootstrap, self._topics.tenant("default", "results"))

    async def feedback(self) -> list[Any]:
        """Records that tell the app."""
        return await read_all(self._bootstrap, self._topics.system("latency"))

    async def capacity(self) -> list[Capacity]:
        """What the instance said about itself, oldest first."""
        records = await read_all(self._bootstrap, self._topics.system("capacity"))
        return [msgspec.json.decode(record.value, type=Capacity) for record in records]


@pytest.fixture
async def deployed(
    kafka: str, function: str, network: Network, topic_prefix: str
) -> AsyncIterator[Deployed]:
    """A fresh function on fresh topics."""
    topics = Topics(Settings(topic_prefix=topic_prefix))
    await create_topics(kafka, topics.table())
    environment = {
        "SYNERGAI_TOPIC_PREFIX": topic_prefix, "SYNERGAI_POOL": "edge",
        "SYNERGAI_INSTANCE": "edge-1",
    }  # fmt: skip
    with running.function(function, network, environment) as started:
        yield Deployed(started, kafka, topics)


@pytest.fixture
def client(deployed: Deployed) -> Iterator[Any]:
    """Triton's own HTTP client."""
    opened = triton.InferenceServerClient(deployed.function.address, network_timeout=60.0)
    yield opened
    opened.close()


async def test_a_placement_gives_a_result_and_then_feedback(deployed: Deployed) -> None:
    """The answer is in the results topic before the feedback names its place."""
    assert await deployed.place("one") == 200
    (result,) = await deployed.results()
    (record,) = await deployed.feedback()
    told = msgspec.json.decode(record.value, type=Feedback)
    assert (told.verdict, told.model, told.instance) == ("answered", "magika", "edge-1")
    assert (told.result_partition, told.result_offset) == (result.partition, result.offset)
    assert record.partition == 2
    assert record.timestamp >= result.timestamp
    assert from_kafka(result.headers, result.value).extension("correlationid") == "one"
    (output,) = msgspec.json.decode(result.value)["outputs"]
    assert msgspec.json.decode(output["data"][0])["type"] == "python"


async def test_capacity_events_flow(deployed: Deployed) -> None:
    """The instance says what it serves, again and again, without being asked."""

    async def told_twice() -> bool:
        return len([each for each in await deployed.capacity() if each.state == "ready"]) >= 2

    await until(told_twice)
    last = (await deployed.capacity())[-1]
    assert (last.instance, last.pool, last.models) == ("edge-1", "edge", ("magika",))
    assert last.device


def test_official_client_infers(client: Any) -> None:
    """Triton's client reads health and metadata, and gets an answer for a file."""
    assert client.is_server_ready()
    assert client.is_model_ready("magika")
    assert client.get_server_metadata()["name"] == "synergai"
    tensor = triton.InferInput("payload", [1], "BYTES")
    tensor.set_data_from_numpy(np.array([sample("magika")[0]], dtype=object))
    (answer,) = client.infer("magika", [tensor]).as_numpy("answer")
    assert msgspec.json.decode(answer)["type"] == "python"


async def test_sigterm_drains(deployed: Deployed) -> None:
    """What was taken is answered and told, the instance says that it leaves, and ends with 0."""
    await deployed.place("first")
    posts = [asyncio.create_task(deployed.place(f"more-{number}")) for number in range(16)]
    await asyncio.wait(posts, return_when=asyncio.FIRST_COMPLETED)
    deployed.function.terminate()
    ended = await asyncio.gather(*posts, return_exceptions=True)
    assert await asyncio.to_thread(deployed.function.ended) == 0, deployed.function.said()
    answered = [status for status in ended if status == 200]
    assert len(await deployed.feedback()) == 1 + len(answered)
    assert len(await deployed.results()) == 1 + len(answered)
    assert (await deployed.capacity())[-1].state == "draining"
    assert "Traceback" not in deployed.function.said()
