"""``python -m bench.plain_ledger``: the app whose outcomes go through no transaction.

What it writes may be there twice, or be lost, after a fault, and nobody is fenced: it is what
`bench.ledger_cost` compares the ledger with, and nothing else.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaProducer

from streams.app import serve
from streams.ports import Conclude
from streams.settings import from_environment
from streams.topics import HEADROOM_BYTES
from streams.worker.ending import run
from streams.worker.ledger import KafkaLedger


class PlainLedger(KafkaLedger):
    """As the ledger, an idempotent producer for each partition, but no transactions."""

    def _producer(self, partition: int) -> Any:
        del partition
        return AIOKafkaProducer(
            bootstrap_servers=self._bootstrap,
            enable_idempotence=True,
            acks="all",
            max_request_size=self._settings.max_request_bytes + HEADROOM_BYTES,
        )

    async def _commit(self, producer: Any, batch: Sequence[Conclude]) -> None:
        sent = [
            await producer.send(
                record.topic,
                record.value,
                key=record.key,
                partition=record.partition,
                headers=list(record.headers),
            )
            for conclude in batch
            for record in conclude.records
        ]
        await asyncio.gather(*sent)


def main() -> None:
    """Serve until SIGTERM."""
    settings = from_environment()
    run(serve(settings, settings.kafka_bootstrap, PlainLedger))


if __name__ == "__main__":
    main()
