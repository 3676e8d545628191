"""More connections than the portal takes, and no proxy before it: whoever looks on goes on, and pages are answered.

    make browser-test
"""
import http.client
import select
import socket
import unittest

from portal import PortalTest
from town import wait_for
from viewers import Watch, allow, viewer

# As Services/Portal/Main/Main.swift has it.
MOST = 8_000
DAWDLERS = 10_000
CARDS = ("--card", "k1." + "a" * 26, "--card", "k1." + "b" * 26)


class CrowdTest(PortalTest):
    @classmethod
    def setUpClass(cls):
        if not allow(DAWDLERS + 1_000):
            raise unittest.SkipTest(f"this machine lets a process have fewer than {DAWDLERS + 1_000} descriptors: ulimit -Hn")
        super().setUpClass()
        for shelter in ("s01", "s02"):
            cls.kazasu("shelter", "add", shelter, "中央公民館", "--day", "2", "--night", "2")
            cls.kazasu("shelter", "open", shelter)

    def setUp(self):
        self.lines = []
        self.addCleanup(lambda: [line.close() for line in self.lines])

    def look_at(self, shelter):
        """Somebody looks at the list of shelters from now on."""
        self.open("/ja/shelters")
        self.browser.listens("/events/shelters")
        self.assertEqual(self.browser.text(f"#shelter-{shelter} .state"), "空きあり")
        self.browser.js("window.mark = 1")

    def fill(self, shelter):
        """It is full now, and whoever looked at the page all the time sees it."""
        self.kazasu("shelter", "check-in", shelter, *CARDS)
        self.browser.until(f"document.querySelector('#shelter-{shelter} .state').textContent === '満員'")
        self.assertEqual(self.browser.js("return [window.mark, document.querySelector('#stale').hidden]"), [1, True])

    def page(self):
        connection = http.client.HTTPConnection("localhost", self.web, timeout=5)
        self.addCleanup(connection.close)
        connection.request("GET", "/ja/shelters")
        answer = connection.getresponse()
        return answer.status, "中央公民館" in answer.read().decode()

    def test_dawdlers(self):
        """10,000 connections that send their requests a byte at a time keep nobody out: those that came first give way, and come again."""
        self.look_at("s01")
        self.lines += [self.dawdler() for _ in range(DAWDLERS)]
        wait_for("the first to give way", lambda: len(self.gone()) >= DAWDLERS - MOST)
        for _ in range(5):
            self.drip()
            for _ in range(4):
                self.assertEqual(self.page(), (200, True))
        self.fill("s01")
        self.assertEqual(self.page(), (200, True))

    def dawdler(self):
        line = socket.create_connection(("127.0.0.1", self.web), 10)
        line.sendall(b"GET /ja/shelters HTTP/1.1\r\nX-A: ")
        return line

    def gone(self):
        """The numbers of those that were closed: nothing else is ever said to them."""
        poll = select.poll()
        for line in self.lines:
            poll.register(line, select.POLLIN)
        return {number for number, _ in poll.poll(0)}

    def drip(self):
        """A byte more on each connection; where it was closed another one begins."""
        gone = self.gone()
        for at, line in enumerate(self.lines):
            if line.fileno() in gone:
                line.close()
                self.lines[at] = self.dawdler()
            else:
                try:
                    line.send(b"a")
                except (BrokenPipeError, ConnectionResetError):
                    pass

    def test_viewers(self):
        """Where 8,000 look on a newcomer is told so at once, however many come; all who look on go on, and when one has left another is let in."""
        self.look_at("s02")
        while (line := viewer(self.web, "/events/shelters/ja")) is not None:
            self.lines.append(line)
            self.assertLessEqual(len(self.lines), MOST)
        # The browser has its own.
        self.assertGreaterEqual(len(self.lines), MOST - 8)
        for _ in range(200):
            self.assertEqual(self.page(), (503, False))
        watch = Watch(self.lines)
        self.fill("s02")

        def heard():
            watch.look(0)
            return all(watch.counts.values())
        wait_for("the news to reach all", heard)
        self.assertEqual(watch.lost, 0)
        self.lines.pop().close()
        # Who has gone is found by what is said: the first word meets a closed door, the second a wall.
        for word in ("check-out", "check-in"):
            self.kazasu("shelter", word, "s02", *CARDS)
        wait_for("room", lambda: self.page() == (200, True))


if __name__ == "__main__":
    unittest.main()
