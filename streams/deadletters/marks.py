"""What became of dead letters: records beside them that say so. Pure."""

from typing import Final

from streams.core import deadletter as names
from streams.deadletters.letter import Fate
from streams.ports import Outgoing
from streams.schema import MARK_TYPE

SOURCE: Final = "/synergai/dlq"


def mark(topic: str, key: bytes | None, partition: int, offset: int, fate: Fate) -> Outgoing:
    """The record that says what became of the letter at ``partition``/``offset`` of ``topic``."""
    told = {
        "ce_specversion": "1.0",
        "ce_id": f"{partition}/{offset}/{fate}",
        "ce_source": SOURCE,
        "ce_type": MARK_TYPE,
        names.MARK: fate,
        names.MARK_OFFSET: str(offset),
    }
    headers = tuple((name, text.encode()) for name, text in told.items())
    return Outgoing(topic=topic, key=key, headers=headers, value=b"", partition=partition)
