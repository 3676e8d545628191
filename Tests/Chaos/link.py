"""A wire between one program and the broker that can be cut: a TCP proxy on the loopback. TLS passes through it unread."""

import asyncio


class Link:
    """Listens on a port of its own and forwards to the broker's. What it does to bytes is its state; one link serves one program."""

    def __init__(self, name, target):
        self.name, self.target = name, target
        self.port = None
        self.delay = 0.0
        """Seconds each piece waits, in order."""
        self.is_cut = False
        """New connections are refused."""
        self.swallows = False
        """Bytes are read and thrown away: the other side never hears of it."""
        self._open = asyncio.Event()
        self._open.set()
        self._writers = set()

    async def start(self):
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]

    # What goes wrong

    def cut(self):
        """Every connection is reset, and new ones too, until it is mended."""
        self.is_cut = True
        self.reset()

    def hold(self):
        """Nothing passes; connections stay. When it is mended all of it arrives, late, as after lost packets."""
        self._open.clear()

    def half_close(self, direction):
        """One direction ends in order, the other goes on. 0: towards the broker, 1: towards the program."""
        for writer, way in list(self._writers):
            if way == direction and not writer.is_closing():
                writer.write_eof()

    def reset(self):
        for writer, _ in list(self._writers):
            writer.transport.abort()

    def mend(self):
        if self.swallows:
            # What was thrown away is missing in the TLS stream: nobody could go on with this connection.
            self.reset()
        self.delay, self.is_cut, self.swallows = 0.0, False, False
        self._open.set()

    # The proxy

    async def _serve(self, near, near_writer):
        if self.is_cut:
            return near_writer.transport.abort()
        try:
            far, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            return near_writer.transport.abort()
        await asyncio.gather(self._pump(near, far_writer, 0), self._pump(far, near_writer, 1))
        for writer in (near_writer, far_writer):
            writer.close()

    async def _pump(self, reader, writer, direction):
        entry = (writer, direction)
        self._writers.add(entry)
        try:
            while data := await reader.read(65536):
                await self._open.wait()
                if self.delay:
                    await asyncio.sleep(self.delay)
                if self.swallows or writer.is_closing() or writer.transport.is_closing():
                    continue
                writer.write(data)
                await writer.drain()
            await self._open.wait()
            writer.write_eof()
        except (OSError, RuntimeError):
            # A reset of one side is a reset of the other; writing after a half-close is the program's own business.
            writer.transport.abort()
        finally:
            self._writers.discard(entry)
