#!/usr/bin/python3
"""A mail server for demonstrations: takes every letter, and shows it as one line of JSON on stdout.

    mailbox.py --port 2525

Nothing is kept and nothing is passed on. It speaks SMTP as aiosmtpd does, and reads letters as Python's own email package does.
"""

import argparse
import asyncio
import email
import email.policy
import json

from aiosmtpd.smtp import SMTP


class Letters:
    async def handle_DATA(self, server, session, envelope):
        letter = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        said = {"to": envelope.rcpt_tos, "subject": letter["subject"], "text": letter.get_content().strip(), "id": letter["message-id"]}
        print(json.dumps(said, ensure_ascii=False), flush=True)
        return "250 2.0.0 OK"


async def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=2525)
    options = parser.parse_args()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Letters(), hostname="mailbox", loop=loop, enable_SMTPUTF8=False), "127.0.0.1", options.port)
    print(json.dumps({"listening": options.port}), flush=True)
    await server.serve_forever()


asyncio.run(main())
