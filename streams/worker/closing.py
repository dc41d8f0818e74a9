"""Closing aiokafka's clients: where the broker is away, their ``stop`` may hang or be cancelled."""

import asyncio
from typing import Any, Final

_WITHIN_S: Final = 3.0


async def close(client: Any) -> None:
    """Stop a consumer or producer; never raises but when we are cancelled ourselves.

    aiokafka awaits its own cancelled tasks and lets that through: it would end ours unheard.
    """
    stopping = asyncio.ensure_future(client.stop())
    done, late = await asyncio.wait([stopping], timeout=_WITHIN_S)
    for task in late:
        task.cancel()
    for task in done:
        if not task.cancelled():
            task.exception()
