"""Cards and the people who hold them, over the virtual reader's wire (Devices/IFDHandler/include/ifd_kazasu.h)."""

import asyncio
import base64
import hashlib
import hmac
import time

# A storage card of the PC/SC workgroup, standard 11 (FeliCa), card name 003B (PC/SC part 3, 3.1.3.2.3), with its check byte.
_ATR = bytes([0x3B, 0x8F, 0x80, 0x01, 0x80, 0x4F, 0x0C, 0xA0, 0x00, 0x00, 0x03, 0x06, 0x11, 0x00, 0x3B, 0, 0, 0, 0])
_CHECK = 0
for _byte in _ATR[1:]:
    _CHECK ^= _byte
ATR = _ATR + bytes([_CHECK])
OFF, POWER, APDU, ESCAPE = range(4)
GET_IDENTIFIER = b"\xff\xca\x00\x00"
GOOD, UNKNOWN_COMMAND = b"\x90\x00", b"\x6d\x00"


class Card:
    """A transit card with an IDm of its own, used once."""

    def __init__(self, number):
        self.number = number
        self.idm = bytes([0x01, 0x14, 0xB3, 0x4D]) + number.to_bytes(4, "big")
        self.read_at = None
        """Monotonic seconds at which this stay's identifier was asked for."""

    def token(self, key):
        """The pseudonym an agent makes of it. `key`: the bytes of the town's token key 1. Written for itself, from Docs/architecture.md's words."""
        code = hmac.new(key, b"felica\0" + self.idm, hashlib.sha256).digest()
        return "k1." + base64.b32encode(code).decode().lower()[:26]

    def answer(self, kind, body):
        if kind == POWER:
            return ATR
        if kind == ESCAPE:
            return GOOD
        if body[:4] == GET_IDENTIFIER:
            self.read_at = time.monotonic()
            return self.idm + GOOD
        return UNKNOWN_COMMAND


class Slot:
    """A place on a virtual reader. A connection to its socket is a card in the field; hanging up lifts it."""

    def __init__(self, path):
        self.path = path
        self._writer = None
        self._serving = None

    async def insert(self, card):
        """Raises OSError while no pcscd serves the reader."""
        self.remove()
        card.read_at = None
        try:
            reader, self._writer = await asyncio.wait_for(asyncio.open_unix_connection(self.path), 2)
        except asyncio.TimeoutError as error:
            raise OSError("the reader does not answer") from error
        self._serving = asyncio.ensure_future(self._serve(card, reader, self._writer))

    def remove(self):
        if self._writer:
            self._writer.transport.abort()
            self._writer = None

    async def _serve(self, card, reader, writer):
        try:
            while True:
                kind, *length = await reader.readexactly(3)
                body = await reader.readexactly(int.from_bytes(bytes(length), "big"))
                if kind != OFF:
                    answer = card.answer(kind, body)
                    writer.write(len(answer).to_bytes(2, "big") + answer)
                    await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            writer.transport.abort()


class Gate:
    """A reader with people before it, one after another. Each holds a card until the station sounds that the tap counts, and again if it does not."""

    QUIET = 1.5
    """Seconds of silence at a working station before the next person comes: a late sound must not be taken for the next card's."""

    def __init__(self, agent, door, slot, sounds, process):
        self.agent, self.door, self.slot, self.process = agent, door, slot, process
        """`door` is None at a shelter."""
        self._sounds = sounds
        """The file in which the agent's sound program writes."""
        self._heard = 0
        self._quiet_since = time.monotonic()
        self.sounds = []
        """(seconds since 1970, kind) of all that was heard here."""

    def _listen(self):
        """The sounds since the last call."""
        try:
            with open(self._sounds, encoding="utf-8") as file:
                file.seek(self._heard)
                text = file.read()
        except FileNotFoundError:
            text = ""
        text = text[:text.rfind("\n") + 1]
        self._heard += len(text)
        kinds = text.split()
        self.sounds += [(time.time(), kind) for kind in kinds]
        if kinds or self.process.state != "running":
            self._quiet_since = time.monotonic()
        return kinds

    def has_heard(self, kind, since):
        """Whether the station has made this sound after a moment, seconds since 1970."""
        self._listen()
        return any(at >= since and heard == kind for at, heard in self.sounds)

    async def hold(self, card):
        """Holds the card until it is accepted: seconds since 1970 of the first holding and of the sound."""
        self._quiet_since = max(self._quiet_since, time.monotonic() - self.QUIET)
        while time.monotonic() < self._quiet_since + self.QUIET:
            self._listen()
            await asyncio.sleep(0.02)
        first = time.time()
        while True:
            try:
                await self.slot.insert(card)
            except OSError:
                await asyncio.sleep(0.2)
                continue
            once_more = time.monotonic() + 1
            while time.monotonic() < once_more:
                if card.read_at and {"accepted", "offline"} & set(self._listen()):
                    self.slot.remove()
                    return first, time.time()
                await asyncio.sleep(0.01)
            self.slot.remove()
            await asyncio.sleep(0.05)

    async def tremble(self, card):
        """Holds a card that was accepted a little longer: it must stay one tap."""
        try:
            await self.slot.insert(card)
        except OSError:
            return
        await asyncio.sleep(0.5)
        self.slot.remove()
