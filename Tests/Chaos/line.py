"""The line between a station and its town, as a program: says its port, is cut by SIGUSR1 and mended by SIGUSR2."""

import asyncio
import signal
import sys

from link import Link


async def main(target):
    link = Link("line", target)
    await link.start()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, link.cut)
    loop.add_signal_handler(signal.SIGUSR2, link.mend)
    print(f"port {link.port}", flush=True)
    await asyncio.Event().wait()


asyncio.run(main(int(sys.argv[1])))
