"""A mail server to test against: aiosmtpd, which prints its port and writes what it got as lines of JSON.

    /usr/bin/python3 smtp_server.py --port 0 --log FILE [--starttls CERT KEY | --tls CERT KEY] [--user NAME PASSWORD] [--fail STAGE=REPLY[:TIMES]]...

Each letter is one line: peer (which connection), from, to, subject and text as Python's email package reads them, headers, the raw bytes in
base64, and the time. Connections, commands refused and ends of connections are lines of their own.

Stages: rcpt, data, mail (a reply there, as `--fail "rcpt=550 5.1.1 no such user"`), and greeting. REPLY may also be one of
  hang      says nothing more, and keeps the connection
  close     closes the connection there
  reset     takes the whole text, then closes without an answer (data only)
TIMES: only for the first so many; otherwise always. `--only WORD`: only for recipients in whose address the word stands.
`--delay SECONDS` before each answer to a text. `--quiet`: letters are counted, not kept.
"""

import argparse
import asyncio
import base64
import email
import email.header
import email.policy
import email.utils
import json
import ssl
import sys
import time

from aiosmtpd.smtp import SMTP, AuthResult


class Log:
    def __init__(self, path):
        self.file = open(path, "a", buffering=1) if path else sys.stderr

    def __call__(self, **line):
        self.file.write(json.dumps({"at": time.time(), **line}, ensure_ascii=False) + "\n")


class Faults:
    """What goes wrong, where, and how often."""

    def __init__(self, words, only):
        self.only = only
        self.left = {}
        for word in words:
            stage, _, rest = word.partition("=")
            reply, colon, times = rest.rpartition(":")
            if not colon or not times.isdigit():
                reply, times = rest, "-1"
            self.left[stage] = [reply, int(times)]

    def take(self, stage, address=""):
        fault = self.left.get(stage)
        if not fault or fault[1] == 0 or (self.only and self.only not in address):
            return None
        fault[1] -= 1
        return fault[0]


class Letters:
    def __init__(self, log, faults, delay, quiet):
        self.log, self.faults, self.delay, self.quiet = log, faults, delay, quiet
        self.count = 0

    async def answer(self, server, stage, address=""):
        reply = self.faults.take(stage, address)
        if reply is None:
            return None
        self.log(event="fault", stage=stage, reply=reply, peer=server.peer_number)
        if reply == "hang":
            await asyncio.sleep(3600)
        if reply in ("close", "reset"):
            server.transport.abort() if reply == "reset" else server.transport.close()
            # Without a connection there is nobody to answer to.
            await asyncio.sleep(3600)
        return reply

    async def handle_MAIL(self, server, session, envelope, address, options):
        if reply := await self.answer(server, "mail", address):
            return reply
        envelope.mail_from = address
        return "250 2.1.0 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if reply := await self.answer(server, "rcpt", address):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        if self.delay:
            await asyncio.sleep(self.delay)
        recipient = envelope.rcpt_tos[0]
        fault = self.faults.left.get("data")
        if not self.quiet:
            self.log(**self.line(server, session, envelope))
        if fault and (reply := await self.answer(server, "data", recipient)):
            return reply
        return f"250 2.0.0 OK: {self.count}"

    def line(self, server, session, envelope):
        message = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        return {
            "event": "letter", "peer": server.peer_number, "tls": server.transport.get_extra_info("ssl_object") is not None,
            "user": session.auth_data,
            "from": envelope.mail_from, "to": envelope.rcpt_tos, "subject": message["subject"],
            "text": message.get_content() if message.get_content_type() == "text/plain" else None,
            "headers": {name.lower(): str(value) for name, value in message.items()},
            "name": self.name(envelope.original_content),
            "defects": [type(d).__name__ for d in message.defects],
            "raw": base64.b64encode(envelope.original_content).decode(),
        }

    @staticmethod
    def name(content):
        """Of the sender, by the older of Python's two readers: the newer one of Python 3.11 leaves the spaces between the encoded words of a name, against RFC 2047 §6.2."""
        name, _ = email.utils.parseaddr(email.message_from_bytes(content)["from"])
        return str(email.header.make_header(email.header.decode_header(name)))


class Server(SMTP):
    """Numbers its connections and says when one begins and ends."""

    peers = 0

    def __init__(self, *arguments, log, faults, **words):
        super().__init__(*arguments, **words)
        self.log, self.faults = log, faults
        self.peer_number = None

    def connection_made(self, transport):
        if self.peer_number is None:
            Server.peers += 1
            self.peer_number = Server.peers
            self.log(event="connected", peer=self.peer_number)
            fault = self.faults.take("greeting")
            if fault:
                self.log(event="fault", stage="greeting", reply=fault, peer=self.peer_number)
                if fault == "close":
                    transport.close()
                elif fault != "hang":
                    transport.write(fault.encode() + b"\r\n")
                    transport.close()
                return
        super().connection_made(transport)

    def connection_lost(self, error):
        self.log(event="closed", peer=self.peer_number)
        try:
            super().connection_lost(error)
        except AttributeError:
            pass  # It was never greeted.

    async def smtp_QUIT(self, arg):
        self.log(event="quit", peer=self.peer_number)
        await super().smtp_QUIT(arg)


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log")
    parser.add_argument("--starttls", nargs=2, metavar=("CERT", "KEY"))
    parser.add_argument("--tls", nargs=2, metavar=("CERT", "KEY"))
    parser.add_argument("--user", nargs=2, metavar=("NAME", "PASSWORD"))
    parser.add_argument("--fail", action="append", default=[])
    parser.add_argument("--only", default="")
    parser.add_argument("--delay", type=float, default=0)
    parser.add_argument("--quiet", action="store_true")
    return parser.parse_args()


def context(files):
    if not files:
        return None
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(*files)
    return made


async def main():
    chosen = options()
    log, faults = Log(chosen.log), Faults(chosen.fail, chosen.only)
    letters = Letters(log, faults, chosen.delay, chosen.quiet)

    def known(server, session, envelope, mechanism, data):
        fits = [data.login.decode(), data.password.decode()] == chosen.user
        log(event="login", fits=fits, mechanism=mechanism)
        return AuthResult(success=fits, handled=False, auth_data=data.login.decode())

    def serve():
        return Server(
            letters, log=log, faults=faults, hostname="mail.test", loop=loop, enable_SMTPUTF8=False,
            tls_context=context(chosen.starttls), require_starttls=bool(chosen.starttls),
            authenticator=known if chosen.user else None, auth_required=bool(chosen.user), auth_require_tls=not chosen.tls)

    loop = asyncio.get_running_loop()
    server = await loop.create_server(serve, "127.0.0.1", chosen.port, ssl=context(chosen.tls), backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
