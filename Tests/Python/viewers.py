#!/usr/bin/python3
"""Many viewers of one stream of a portal: each fetches a page and opens the stream on the same connection, as browsers do.

Prints a line of JSON when all look on, and one at the end: pieces received since, viewers lost, and when (monotonic seconds) the first and the
last of them had the first piece, the second, and so on. `make portal-bench` asks it.
"""
import argparse
import http.client
import json
import resource
import select
import socket
import time


def allow(descriptors):
    """Lets this process have so many open; whether the system does."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard < descriptors:
        return False
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return True


def viewer(port, path, page=None):
    """A connection on which a stream is open; `None` where the answer is another than 200. All of a page is read before, if one is named."""
    line = socket.create_connection(("127.0.0.1", port), 30)
    if page:
        line.sendall(f"GET {page} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        answer = http.client.HTTPResponse(line)
        answer.begin()
        answer.read()
    line.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n".encode())
    head = line.recv(4096)
    if head.startswith(b"HTTP/1.1 200 "):
        return line
    line.close()
    return None


class Watch:
    """What comes to viewers from now on: pieces whose text holds a mark."""

    def __init__(self, lines, mark="event: piece"):
        self.mark = mark.encode()
        self.lines = {line.fileno(): line for line in lines}
        self.rests = dict.fromkeys(self.lines, b"")
        self.counts = dict.fromkeys(self.lines, 0)
        self.lost, self.first, self.last = 0, [], []
        self.epoll = select.epoll()
        for number, line in self.lines.items():
            line.setblocking(False)
            self.epoll.register(number, select.EPOLLIN)
        while self.look(0):
            pass
        self.counts, self.first, self.last = dict.fromkeys(self.lines, 0), [], []

    def look(self, seconds):
        """Whether there was anything."""
        ready = self.epoll.poll(seconds)
        for number, _ in ready:
            try:
                text = self.lines[number].recv(65536)
            except ConnectionResetError:
                text = b""
            if not text:
                self.epoll.unregister(number)
                self.lost += 1
            events, _, self.rests[number] = (self.rests[number] + text).rpartition(b"\n\n")
            self.note(number, events.count(self.mark))
        return bool(ready)

    def note(self, number, pieces):
        now = round(time.monotonic(), 4)
        for at in range(self.counts[number], self.counts[number] + pieces):
            if at == len(self.first):
                self.first.append(now)
                self.last.append(now)
            self.last[at] = now
        self.counts[number] += pieces


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("viewers", type=int)
    parser.add_argument("seconds", type=float)
    parser.add_argument("path", help="the stream's")
    parser.add_argument("--mark", default="event: piece", help="what a piece that counts holds (%(default)s)")
    parser.add_argument("--page", help="fetched before on the same connection")
    options = parser.parse_args()
    if not allow(options.viewers + 100):
        raise SystemExit(f"this machine lets a process have fewer than {options.viewers + 100} descriptors: ulimit -Hn")
    lines = [viewer(options.port, options.path, options.page) for _ in range(options.viewers)]
    if None in lines:
        raise SystemExit(f"{lines.count(None)} viewers were not let in")
    watch = Watch(lines, options.mark)
    print(json.dumps({"viewers": len(lines)}), flush=True)
    end = time.monotonic() + options.seconds
    while (left := end - time.monotonic()) > 0:
        watch.look(left)
    print(json.dumps({"pieces": sum(watch.counts.values()), "lost": watch.lost, "first": watch.first, "last": watch.last}))


if __name__ == "__main__":
    main()
