"""The way between two processes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from streams.chaos.link import Link
from streams.stack.free_ports import free_ports


@asynccontextmanager
async def echo() -> AsyncIterator[Link]:
    """A link to somebody who says again what is said."""

    async def again(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(100):
            writer.write(data)
        writer.close()

    near, far = free_ports(2)
    server = await asyncio.start_server(again, "127.0.0.1", far)
    link = Link(near, far)
    await link.start()
    try:
        yield link
    finally:
        await link.close()
        server.close()
        await asyncio.sleep(0)  # what was aborted is closed in the next step


async def said(link: Link, word: bytes) -> bytes:
    """What comes back over a connection of its own; empty: it was cut."""
    reader, writer = await asyncio.open_connection("127.0.0.1", link.port)
    try:
        writer.write(word)
        return await reader.read(100)
    except OSError:
        return b""
    finally:
        writer.transport.abort()


async def test_hands_on_both_ways() -> None:
    """What goes in comes out."""
    async with echo() as link:
        assert await said(link, b"hello") == b"hello"


async def test_cut_resets_what_is_open_and_what_comes() -> None:
    """Until it is healed."""
    async with echo() as link:
        reader, writer = await asyncio.open_connection("127.0.0.1", link.port)
        writer.write(b"one")
        assert await reader.read(100) == b"one"
        link.cut()
        with suppress(ConnectionError):
            assert await reader.read(100) == b""
        writer.transport.abort()
        assert await said(link, b"two") == b""
        link.heal()
        assert await said(link, b"three") == b"three"


async def test_stalled_it_keeps_what_is_said_until_it_is_healed() -> None:
    """Nothing is lost, nothing arrives."""
    async with echo() as link:
        link.stall()
        asking = asyncio.create_task(said(link, b"later"))
        done, _ = await asyncio.wait([asking], timeout=0.05)
        assert not done
        link.heal()
        assert await asking == b"later"


async def test_delayed_it_takes_longer() -> None:
    """Both ways."""
    async with echo() as link:
        link.delay(0.05)
        begun_s = asyncio.get_running_loop().time()
        assert await said(link, b"slow") == b"slow"
        assert asyncio.get_running_loop().time() - begun_s >= 0.1
