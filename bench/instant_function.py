"""A function for `bench.app_rate` that computes nothing: feedback for every placement at once."""

import asyncio
import sys
from typing import Any

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from functions.cloudevents import CloudEvent, to_kafka
from functions.schema import CAPACITY_TYPE, FEEDBACK_TYPE, Capacity, Feedback, Timing

INSTANCE = "instant-1"


async def serve(bootstrap: str, prefix: str, topic: str) -> None:
    """Answer until killed."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, linger_ms=2)
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=bootstrap, group_id=topic, auto_offset_reset="earliest"
    )
    await producer.start()
    await consumer.start()
    announcing = asyncio.create_task(announce(producer, prefix))
    while not announcing.done():
        for records in (await consumer.getmany(timeout_ms=100)).values():
            for record in records:
                await answer(producer, prefix, dict(record.headers))


async def answer(producer: Any, prefix: str, told: dict[str, bytes]) -> None:
    """Feedback as a function gives it; the result it names was not written."""
    name = told["ce_id"].decode()
    feedback = Feedback(
        identity=told["ce_identity"].decode(), request_id=name, tenant="default",
        attempt=int(told["ce_attempt"]), model="m", pool="edge", architecture="jetson",
        configuration="onnxruntime-fp32-t1-b1", instance=INSTANCE, verdict="answered",
        timing=Timing(compute_s=0.001), result_topic=f"{prefix}.default.results",
        result_partition=0, result_offset=0,
    )  # fmt: skip
    event = CloudEvent(
        id=f"{name}/f", source="/bench", type=FEEDBACK_TYPE, data=msgspec.json.encode(feedback)
    )
    headers, value = to_kafka(event)
    await producer.send(
        f"{prefix}.system.latency", value, key=told["ce_id"], headers=list(headers),
        partition=int(told["ce_requestpartition"]),
    )  # fmt: skip


async def announce(producer: Any, prefix: str) -> None:
    """Capacity every second: always free."""
    for sequence in range(1, 10_000):
        capacity = Capacity(
            instance=INSTANCE, device=INSTANCE, pool="edge", architecture="jetson",
            configuration="onnxruntime-fp32-t1-b1", slots=64, models=("m",), state="ready",
            sequence=sequence,
        )  # fmt: skip
        event = CloudEvent(
            id=f"c{sequence}", source="/bench", type=CAPACITY_TYPE,
            data=msgspec.json.encode(capacity),
        )  # fmt: skip
        headers, value = to_kafka(event)
        await producer.send(
            f"{prefix}.system.capacity", value, key=INSTANCE.encode(), headers=list(headers)
        )
        await asyncio.sleep(1.0)


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:4]))
