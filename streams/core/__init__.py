"""The core of delivery: pure stream logic. No clock, no I/O, no asyncio."""

from streams.core.dispatcher import Dispatcher

__all__ = ["Dispatcher"]
