"""A TCP proxy between two programs: it lets everything through until it is told to refuse, cut, swallow or hang."""

import asyncio
import contextlib
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

OPEN, REFUSE, CUT, SWALLOW, HANG = "open", "refuse", "cut", "swallow", "hang"
"""Nobody listens; it breaks at the first byte; requests arrive and answers do not; nothing arrives at all."""
CHUNK = 65_536


class Wire:
    """One listening port, and where its connections lead."""

    def __init__(self, loop: asyncio.AbstractEventLoop, ends: Callable[[], Sequence[int]]) -> None:
        """`ends` are ports of this machine; a connection goes to any that takes it."""
        self.port = 0
        self._loop = loop
        self._ends = ends
        self._mode = OPEN
        self._server: asyncio.Server | None = None
        self._spoiled: set[asyncio.StreamWriter] = set()
        self._here: set[asyncio.StreamWriter] = set()

    def set(self, mode: str) -> None:
        """From now on it is so; connections of which something was lost break when it opens again."""
        asyncio.run_coroutine_threadsafe(self._set(mode), self._loop).result()

    async def listen(self) -> None:
        """Begin, at the same port as before."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port, reuse_address=True)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Nobody listens any more, and every connection breaks."""
        if self._server is not None:
            self._server.close()
        for writer in list(self._here):
            writer.transport.abort()

    async def _set(self, mode: str) -> None:
        before, self._mode = self._mode, mode
        for writer in list(self._here if mode == REFUSE else self._spoiled):
            writer.transport.abort()
        self._spoiled.clear()
        if mode == REFUSE and self._server is not None:
            self._server.close()
        elif before == REFUSE:
            await self.listen()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await self._reach()
        if there is None:
            writer.transport.abort()
            return
        self._here.add(writer)
        try:
            answers = asyncio.create_task(self._pass_on(there[0], writer, writer, answers=True))
            await self._pass_on(reader, there[1], writer, answers=False)
            await answers
        finally:
            self._here.discard(writer)
            self._spoiled.discard(writer)
            writer.close()
            there[1].close()

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        ends = list(self._ends())
        random.shuffle(ends)
        for port in ends:
            with contextlib.suppress(OSError):
                return await asyncio.open_connection("127.0.0.1", port)
        return None

    async def _pass_on(
        self, reader: asyncio.StreamReader, to: asyncio.StreamWriter, here: asyncio.StreamWriter, *, answers: bool
    ) -> None:
        """Pass on what comes, in one direction, as long as it comes."""
        with contextlib.suppress(OSError):
            while chunk := await reader.read(CHUNK):
                if self._mode == CUT:
                    here.transport.abort()
                    break
                if self._mode == HANG or (self._mode == SWALLOW and answers):
                    self._spoiled.add(here)
                    continue
                to.write(chunk)
                await to.drain()
        with contextlib.suppress(OSError, RuntimeError):
            if to.can_write_eof():
                to.write_eof()


class Wires:
    """All wires of a run, in a thread of their own."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """The loop runs."""
        self._loop = loop
        self._wires: list[Wire] = []

    def lay(self, ends: Callable[[], Sequence[int]]) -> Wire:
        """One more."""
        wire = Wire(self._loop, ends)
        asyncio.run_coroutine_threadsafe(wire.listen(), self._loop).result()
        self._wires.append(wire)
        return wire

    async def cut_all(self) -> None:
        """The end of all."""
        for wire in self._wires:
            await wire.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@contextmanager
def wires() -> Iterator[Wires]:
    """A place for wires; at the end all are cut."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="wires", daemon=True)
    thread.start()
    whole = Wires(loop)
    try:
        yield whole
    finally:
        asyncio.run_coroutine_threadsafe(whole.cut_all(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
