"""What a ledger says when it cannot know whether its transaction was written."""

import pytest
from aiokafka.errors import IllegalOperation, KafkaError, KafkaTimeoutError, ProducerFenced

from streams.errors import BrokerError, FencedError
from streams.settings import Settings
from streams.worker.clock import WorkerClock
from streams.worker.ledger import KafkaLedger


class Refusing:
    """A producer whose transaction comes to nothing."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def begin_transaction(self) -> None:
        """Refuse."""
        raise self._error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (KafkaTimeoutError(), BrokerError),
        (KafkaError("any other"), BrokerError),
        (IllegalOperation("not in transaction"), BrokerError),
        (ProducerFenced(), FencedError),
    ],
)
async def test_every_refusal_is_one_of_two_words(
    error: Exception, said: type[BrokerError | FencedError]
) -> None:
    """Fenced, or unsure: then the partition is taken over anew; no other error ends the worker."""
    ledger = KafkaLedger("127.0.0.1:1", Settings(), WorkerClock())
    ledger._producers[0] = Refusing(error)
    with pytest.raises(said):
        await ledger.conclude(0, [])
