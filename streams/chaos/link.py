"""The way between two processes, as a small TCP proxy that can be cut, stalled or slowed down."""

import asyncio
from contextlib import suppress

_CHUNK = 64 * 1024


class Link:
    """Listens on ``port`` and hands everything on to ``target``, both on loopback."""

    def __init__(self, port: int, target: int) -> None:
        self.port = port
        self._target = target
        self._flows = asyncio.Event()
        self._flows.set()
        self._cut = False
        self._delay_s = 0.0
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._accepted, "127.0.0.1", self.port)

    async def close(self) -> None:
        """Listen no more, and end what goes through."""
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut(self) -> None:
        """Reset every connection, and each new one at once."""
        self._cut = True
        for writer in self._open:
            writer.transport.abort()

    def stall(self) -> None:
        """Let nothing through; connections stay, as where packets are lost."""
        self._flows.clear()

    def delay(self, seconds: float) -> None:
        """Let everything through later."""
        self._delay_s = seconds

    def heal(self) -> None:
        """Be a wire again."""
        self._cut, self._delay_s = False, 0.0
        self._flows.set()

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        try:
            await self._through(reader, writer)
        finally:
            writer.transport.abort()

    async def _through(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._flows.wait()
        if self._cut:
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            return
        self._open |= {writer, far_writer}
        try:
            ways = (self._pump(reader, far_writer), self._pump(far_reader, writer))
            tasks = [asyncio.create_task(way) for way in ways]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        finally:
            self._open -= {writer, far_writer}
            far_writer.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(_CHUNK):
                if self._delay_s:
                    await asyncio.sleep(self._delay_s)
                await self._flows.wait()
                writer.write(data)
                await writer.drain()
