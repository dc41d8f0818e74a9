"""Deliver one event: choose an instance, post, retry with backoff, give up."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from streams.source.balance import Balancer
from streams.source.ports import Sender, TransportError
from streams.source.schema import Delivery, Event
from streams.source.verdict import delay_s, verdict

_LOG = logging.getLogger("synergai.source")
_POLL_S: Final = 0.02


@dataclass
class Counts:
    """Of one pool since the start."""

    delivered: int = 0
    retried: int = 0
    gone: int = 0


class Dispatcher:
    """One pool's delivery. ``now`` is a monotonic clock in seconds."""

    def __init__(
        self,
        pool: str,
        balancer: Balancer,
        sender: Sender,
        delivery: Delivery,
        now: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._pool = pool
        self._balancer = balancer
        self._sender = sender
        self._delivery = delivery
        self._now = now
        self._sleep = sleep
        self.headers: Mapping[str, str] = {}
        """Added to those of each event from its next attempt on."""
        self.counts = Counts()

    async def deliver(self, event: Event) -> bool:
        """Whether an instance took the event; False: it is gone, counted and said."""
        attempt = 1
        while True:
            status, why = await self._attempt(event)
            fate = verdict(status, attempt, self._delivery)
            if fate == "delivered":
                self.counts.delivered += 1
                return True
            if fate == "gone":
                self._say_gone(event, attempt, why)
                return False
            self.counts.retried += 1
            await self._sleep(delay_s(attempt, self._delivery))
            attempt += 1

    async def _attempt(self, event: Event) -> tuple[int | None, str]:
        url = await self._instance(event.batch)
        if url is None:
            return None, "no instance accepts connections"
        try:
            status = await self._sender.post(url, self._addressed(event))
        except TransportError as error:
            if error.refused:
                self._balancer.refused(url, self._now())
            return None, str(error)
        else:
            return status, f"status {status}"
        finally:
            self._balancer.give_back(url)

    async def _instance(self, batch: str) -> str | None:
        until_s = self._now() + self._delivery.hold_s
        while (url := self._balancer.take(self._now(), batch)) is None and self._now() < until_s:
            await self._sleep(_POLL_S)
        return url

    def _addressed(self, event: Event) -> Event:
        if not self.headers:
            return event
        return msgspec.structs.replace(event, headers={**event.headers, **self.headers})

    def _say_gone(self, event: Event, attempts: int, why: str) -> None:
        self.counts.gone += 1
        gone = self.counts.gone
        if gone & (gone - 1) == 0:  # the 1st, 2nd, 4th, 8th, …: said, without a flood
            message = "pool %s: event %s given up after %d attempts: %s (%d in all)"
            _LOG.warning(message, self._pool, event.place, attempts, why, gone)
