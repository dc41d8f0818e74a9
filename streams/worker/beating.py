"""How a worker process takes part in the log of claims."""

import asyncio
from typing import Final
from uuid import uuid4

from streams.core.standing import Standing
from streams.settings import Settings
from streams.worker import forgotten
from streams.worker.awake import steady_s
from streams.worker.worker import Worker

_BEAT_S: Final = 0.1
_APART: Final = "~"
"""In a worker's name: between what tells the process, and what no other has."""


def standing(settings: Settings) -> Standing:
    """Of this process, that nobody knows yet."""
    return Standing(
        f"{forgotten.ours()}{_APART}{uuid4().hex}",
        settings.session_timeout_s / 2,
        steady_s,
        gone=lambda name: forgotten.is_gone(name.partition(_APART)[0]),
    )


async def beating(worker: Worker) -> None:
    """Tell the other workers that this one lives, until cancelled."""
    while True:
        worker.beat()
        await asyncio.sleep(_BEAT_S)
