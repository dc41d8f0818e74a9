"""The worker's /health and /metrics over HTTP."""

from collections.abc import Callable
from typing import Any

from aiohttp import web

from streams.errors import StreamsError

Health = Callable[[], list[str]]
"""Why the worker is not ready; empty: it is."""


class Web:
    """Listens on loopback by default; in a cluster probes come from outside."""

    def __init__(self, health: Health, metrics: Callable[[], bytes]) -> None:
        self._health = health
        self._metrics = metrics
        application = web.Application()
        application.router.add_get("/health", self._answer_health)
        application.router.add_get("/metrics", self._answer_metrics)
        self._runner = web.AppRunner(application, access_log=None)

    async def start(self, host: str, port: int) -> None:
        """Listen.

        Raises:
            StreamsError: the port cannot be had.
        """
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError as error:
            raise StreamsError(f"app_port: found {port}: {error.strerror}") from None

    async def stop(self) -> None:
        """Listen no more."""
        await self._runner.cleanup()

    async def _answer_health(self, _: web.Request) -> web.Response:
        reasons = self._health()
        body: dict[str, Any] = {"ready": not reasons, "reasons": reasons}
        return web.json_response(body, status=200 if not reasons else 503)

    async def _answer_metrics(self, _: web.Request) -> web.Response:
        return web.Response(body=self._metrics(), content_type="text/plain", charset="utf-8")
