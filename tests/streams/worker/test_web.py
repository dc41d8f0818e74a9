"""The worker's pages."""

import asyncio
import json
import socket
import urllib.error
import urllib.request
from collections.abc import AsyncIterator

import pytest

from streams.broker.ports import free_port
from streams.errors import StreamsError
from streams.worker.web import Web


class Pages:
    """A running server whose reasons are set by the test."""

    def __init__(self) -> None:
        self.reasons: list[str] = []
        self.port = free_port()
        self.web = Web(lambda: self.reasons, lambda: b"synergai_x 1.0\n")

    async def get(self, path: str) -> tuple[int, str, str]:
        """Status, media type and body."""
        return await asyncio.to_thread(self._get, path)

    def _get(self, path: str) -> tuple[int, str, str]:
        try:
            answer = urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return answer.status, answer.headers.get_content_type(), answer.read().decode()


@pytest.fixture
async def pages() -> AsyncIterator[Pages]:
    """Running."""
    found = Pages()
    await found.web.start("127.0.0.1", found.port)
    yield found
    await found.web.stop()


async def test_health(pages: Pages) -> None:
    """503 with the reasons, 200 without."""
    pages.reasons = ["no partition is assigned"]
    status, _, body = await pages.get("/health")
    assert (status, json.loads(body)) == (503, {"ready": False, "reasons": pages.reasons})
    pages.reasons = []
    status, _, body = await pages.get("/health")
    assert (status, json.loads(body)) == (200, {"ready": True, "reasons": []})


async def test_metrics(pages: Pages) -> None:
    """Plain text."""
    assert await pages.get("/metrics") == (200, "text/plain", "synergai_x 1.0\n")
    assert (await pages.get("/other"))[0] == 404


async def test_port_taken() -> None:
    """Says which setting, what was found and why."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        web = Web(list, bytes)
        with pytest.raises(StreamsError, match=f"app_port: found {port}"):
            await web.start("127.0.0.1", port)
        await web.stop()
