"""``synergai trace`` and ``explain`` on a real broker."""

import json
import subprocess
import sys
import time

import msgspec
import pytest
from aiokafka import AIOKafkaProducer

from streams.ports import Outgoing
from tests.support.broker import Bootstrap
from tests.support.histories import History, straight
from tests.support.published import publish, send
from tests.support.stories import listed

pytestmark = pytest.mark.kafka


def command(
    broker: Bootstrap, prefix: str, verb: str, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """As a person runs it."""
    return subprocess.run(
        [sys.executable, "-m", "synergai", verb, *arguments, "--bootstrap", broker.bootstrap,
         "--prefix", prefix],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


async def test_one_request_among_others(broker: Bootstrap, topic_prefix: str) -> None:
    """Found by its id, its identity and its position; everything that happened is there."""
    history = History(topic_prefix, start_s=time.time() - 60.0)
    straight(history)
    asked = history.ask(1, name="r 7", source="/cam")
    history.place(asked)
    capacity = msgspec.json.encode(listed(asked.identity))
    topic = history.topics.system("capacity")
    history.append(Outgoing(topic=topic, key=b"edge-1", headers=(), value=capacity), 0)
    history.again(asked)
    _, told = history.answer(asked)
    history.conclude(asked, told)
    straight(history, 1)
    await publish(broker.bootstrap, history)
    position = f"{asked.record.topic}/1/{asked.record.offset}"
    for name in ("r 7", asked.identity, position):
        ended = command(broker, topic_prefix, "trace", name, "--output", "json")
        assert ended.returncode == 0, ended.stderr
        found = json.loads(ended.stdout)
        assert found["identity"] == asked.identity
        assert [step["what"] for step in found["steps"]] == [
            "request", "received", "placed", "running", "repeated", "result", "answered", "met",
        ]  # fmt: skip
        assert found["outcome"]["kind"] == "met"
    table = command(broker, topic_prefix, "trace", "r 7")
    assert "+0.000" in table.stdout
    said = command(broker, topic_prefix, "explain", "r 7")
    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith("Request r 7 (model m) went to pool edge")
    causes = json.loads(command(broker, topic_prefix, "explain", "r 7", "--output", "json").stdout)
    outcome = found["outcome"]
    measured_s = outcome["concluded_s"] - outcome["accepted_s"]
    assert sum(causes["causes_s"].values()) == pytest.approx(measured_s, abs=1e-6)


async def test_an_id_that_is_several_requests(broker: Bootstrap, topic_prefix: str) -> None:
    """They are listed with what chooses one of them."""
    history = History(topic_prefix, start_s=time.time() - 60.0)
    straight(history, 0, name="twin")
    straight(history, 1, name="twin")
    straight(history, 0, name="twin", source="/other")
    await publish(broker.bootstrap, history)
    ended = command(broker, topic_prefix, "trace", "twin")
    assert ended.returncode == 1
    assert "is 3 requests; choose one of" in ended.stderr
    assert "--tenant default --source /other --partition 0" in ended.stderr
    one = command(broker, topic_prefix, "explain", "twin", "--source", "/other")
    assert one.returncode == 0, one.stderr
    one = command(broker, topic_prefix, "explain", "twin", "--source", "/test", "--partition", "1")
    assert one.returncode == 0, one.stderr


async def test_an_unknown_id(broker: Bootstrap, topic_prefix: str) -> None:
    """It is said where it was looked for."""
    history = History(topic_prefix, start_s=time.time() - 60.0)
    straight(history)
    await publish(broker.bootstrap, history)
    ended = command(broker, topic_prefix, "trace", "nobody")
    assert ended.returncode == 1
    assert f"'nobody': not found in {topic_prefix}.<tenant>.requests" in ended.stderr
    assert (
        command(broker, topic_prefix, "trace", f"{topic_prefix}.default.requests/0/99").returncode
        == 1
    )


async def test_what_producers_compressed_is_found(broker: Bootstrap, topic_prefix: str) -> None:
    """An id that no byte of the topic shows."""
    history = History(topic_prefix, start_s=time.time() - 60.0)
    straight(history)
    await publish(broker.bootstrap, history)
    asked = history.ask(name="hidden-in-gzip")
    producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap, compression_type="gzip")
    await producer.start()
    await (await send(producer, asked.record))
    await producer.stop()
    ended = command(broker, topic_prefix, "explain", "hidden-in-gzip")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("It was never placed.")
