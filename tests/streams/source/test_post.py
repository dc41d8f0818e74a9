"""The HTTP sender against a small server."""

import socket
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from streams.source.ports import TransportError
from streams.source.post import HttpSender
from streams.source.schema import Delivery, Event

EVENT = Event(place="t/0/0", headers={"ce-id": "1", "content-type": "audio/wav"}, body=b"\x00\x01")


class Function:
    """Keeps what it got and answers with a set status."""

    def __init__(self) -> None:
        self.status = 200
        self.got: list[tuple[str, dict[str, str], bytes]] = []

    async def handle(self, request: web.Request) -> web.Response:
        """Keep and answer."""
        named = {name.lower(): value for name, value in request.headers.items()}
        self.got.append((request.method, named, await request.read()))
        return web.Response(status=self.status, headers={"location": "/elsewhere"}, text="reply")


@pytest.fixture
async def function() -> AsyncIterator[tuple[Function, str]]:
    """A running function and its URL."""
    under_test = Function()
    app = web.Application()
    app.router.add_post("/", under_test.handle)
    server = TestServer(app)
    await server.start_server()
    yield under_test, str(server.make_url("/"))
    await server.close()


async def test_binary_mode(function: tuple[Function, str]) -> None:
    """The headers and the body arrive as they are."""
    under_test, url = function
    async with HttpSender(Delivery()) as sender:
        assert await sender.post(url, EVENT) == 200
    method, headers, body = under_test.got[0]
    assert (method, headers["ce-id"], headers["content-type"]) == ("POST", "1", "audio/wav")
    assert body == b"\x00\x01"


@pytest.mark.parametrize("status", [204, 302, 400, 429, 503])
async def test_status(function: tuple[Function, str], status: int) -> None:
    """The status is handed on; redirects are not followed."""
    under_test, url = function
    under_test.status = status
    async with HttpSender(Delivery()) as sender:
        assert await sender.post(url, EVENT) == status
    assert len(under_test.got) == 1


async def test_refused() -> None:
    """A closed port is a refused connection."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    async with HttpSender(Delivery()) as sender:
        with pytest.raises(TransportError) as caught:
            await sender.post(f"http://127.0.0.1:{port}/", EVENT)
    assert caught.value.refused


async def test_no_answer_in_time() -> None:
    """An instance that accepts and keeps silent is a transport error, not a refusal."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        async with HttpSender(Delivery(timeout_s=0.05)) as sender:
            with pytest.raises(TransportError, match="no answer in time") as caught:
                await sender.post(url, EVENT)
    assert not caught.value.refused
