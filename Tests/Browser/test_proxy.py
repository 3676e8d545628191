"""The proxies of deploy/proxy, Debian's own programs with our configuration, before a small server that stands for the portal.

    make browser-test
"""
import http.client
import os
import resource
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
import unittest

from browser import ROOT
from proxy import NAME, certify, start_nginx
from served import Served

PAGE = b"<!doctype html><p>" + b"shelter gym open " * 2_000


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def plain(handler):
    """A page as the portal sends it: not compressed; it says whom it believes to have asked."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html; charset=utf-8")
    handler.send_header("Content-Length", str(len(PAGE)))
    handler.send_header("X-Asked-By", handler.headers.get("X-Forwarded-For", "nobody"))
    handler.end_headers()
    handler.wfile.write(PAGE)


class Proxy:
    """What both must do. `start` gives a process; it listens on `port` for TLS and on `plain_port` without."""

    too_large = ["413"]

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="kazasu-proxy-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        certify(cls.folder)
        cls.site = Served()
        cls.addClassCleanup(cls.site.stop)
        cls.site.pages["/page"] = plain
        cls.port, cls.plain_port = free_port(), free_port()
        cls.process = cls.start()
        cls.addClassCleanup(cls.end)
        end = time.monotonic() + 15
        while True:
            try:
                socket.create_connection(("127.0.0.1", cls.port), 1).close()
                return
            except OSError:
                if cls.process.poll() is not None or time.monotonic() > end:
                    raise AssertionError("the proxy did not start") from None
                time.sleep(0.05)

    @classmethod
    def end(cls):
        cls.process.terminate()
        cls.process.wait(20)

    def curl(self, path, *options):
        """A page by curl: its version of HTTP, status, bytes on the wire."""
        done = subprocess.run(
            ["curl", "-s", "--cacert", f"{self.folder}/certificate.pem", "--resolve", f"{NAME}:{self.port}:127.0.0.1", "-D", f"{self.folder}/head",
             "-o", f"{self.folder}/body", "-w", "%{http_version} %{http_code} %{size_download}", *options, f"https://{NAME}:{self.port}{path}"],
            capture_output=True, text=True)
        with open(f"{self.folder}/head", encoding="utf-8") as head:
            return done.stdout.split(), head.read().lower()

    def connect(self, timeout=10):
        context = ssl.create_default_context(cafile=f"{self.folder}/certificate.pem")
        return context.wrap_socket(socket.create_connection(("127.0.0.1", self.port), timeout), server_hostname=NAME)

    def test_page(self):
        """HTTP/2 over TLS, compressed, for a year by TLS alone."""
        (version, status, size), head = self.curl("/page", "--compressed")
        self.assertEqual((version, status), ("2", "200"))
        self.assertLess(int(size), len(PAGE) // 20)
        self.assertIn("content-encoding: gzip", head)
        self.assertIn("strict-transport-security: max-age=31536000", head)
        self.assertNotRegex(head, r"server: \S+/\d")

    def test_old_tls(self):
        """TLS 1.1 is refused, 1.2 is not."""
        def spoken(option):
            done = subprocess.run(
                ["openssl", "s_client", "-connect", f"127.0.0.1:{self.port}", "-servername", NAME, option, "-cipher", "DEFAULT@SECLEVEL=0"],
                input="", capture_output=True, text=True)
            return done.returncode == 0 and "Cipher is (NONE)" not in done.stdout
        self.assertFalse(spoken("-tls1_1"))
        self.assertTrue(spoken("-tls1_2"))

    def test_events(self):
        """An event is through as soon as it is said, while the feed goes on."""
        with self.connect() as feed:
            feed.sendall(f"GET /events/shelters HTTP/1.1\r\nHost: {NAME}\r\nAccept: text/event-stream\r\nAccept-Encoding: gzip\r\n\r\n".encode())
            heard = b""
            while b"event: beat" not in heard:
                heard += feed.recv(4096)
            self.assertNotIn(b"content-encoding", heard.lower())
            for n in range(3):
                self.site.say("piece", f"{n}")
                while f"data: {n}\n".encode() not in heard:
                    heard += feed.recv(4096)

    def test_large(self):
        """More than 128 KiB is not passed on."""
        asked = len(self.site.requests)
        (_, status, _), _ = self.curl("/page", "-X", "POST", "--data-binary", "@" + self.large())
        self.assertIn(status, self.too_large)
        self.assertEqual(len(self.site.requests), asked)

    def large(self):
        with open(f"{self.folder}/large", "wb") as out:
            out.write(b"x" * 200_000)
        return out.name

    def test_plain(self):
        """Without TLS there is nothing but the way to it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.plain_port, timeout=5)
        self.addCleanup(connection.close)
        connection.request("GET", "/page?x=1", headers={"Host": NAME})
        answer = connection.getresponse()
        self.assertIn(answer.status, (301, 308))
        self.assertRegex(answer.getheader("Location"), rf"^https://{NAME}(:\d+)?/page\?x=1$")


class NginxTest(Proxy, unittest.TestCase):
    @classmethod
    def start(cls):
        return start_nginx(cls.folder, cls.port, cls.plain_port, cls.site.port)

    def test_forwarded(self):
        """What a client says of itself stands before what nginx knows."""
        _, head = self.curl("/page", "-H", "X-Forwarded-For: 203.0.113.9")
        self.assertIn("x-asked-by: 203.0.113.9, 127.0.0.1\n", head)

    def test_other_name(self):
        """Another name is answered by nobody."""
        with self.connect() as line:
            line.sendall(b"GET /page HTTP/1.1\r\nHost: other.example\r\n\r\n")
            self.assertEqual(line.recv(100), b"")

    def test_guesses(self):
        """Of many tries to sign in at once most are put off; pages are not."""
        self.site.pages["/sign-in"] = plain
        answers = self.many("/sign-in", 100)
        self.assertLess(answers.count("200"), 70)
        self.assertEqual(answers.count("200") + answers.count("429"), 100)
        self.assertEqual(self.many("/page", 100), ["200"] * 100)

    def many(self, path, count):
        done = subprocess.run(
            ["curl", "-s", "--cacert", f"{self.folder}/certificate.pem", "--resolve", f"{NAME}:{self.port}:127.0.0.1", "-o", "/dev/null",
             "-w", "%{http_code}\n", f"https://{NAME}:{self.port}{path}?[1-{count}]"], capture_output=True, text=True)
        return done.stdout.split()

    def test_slow_clients(self):
        """10,000 connections that send a head a few bytes at a time, with and without TLS: others are served, and the dawdlers are gone in time."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if hard < 11_000:
            self.skipTest(f"this machine lets a process have {hard} descriptors")
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        alone, dawdlers = self.fifty(), []
        self.addCleanup(lambda: [line.close() for line in dawdlers])
        began = time.monotonic()
        # Half of them begin a TLS handshake (RFC 8446, 5.1: a record of 512 bytes, of which three come), half a head.
        for n in range(10_000):
            line = socket.create_connection(("127.0.0.1", self.port if n % 2 else self.plain_port), 10)
            line.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01" if n % 2 else b"GET / HTTP/1.1\r\nX-A: ")
            dawdlers.append(line)
        opened = time.monotonic() - began
        beside = self.fifty()
        with open(f"{self.folder}/error.log", encoding="utf-8") as log:
            self.assertNotIn("worker_connections are not enough", log.read())
        print(f"\n10,000 dawdlers within {opened:.1f} s; fifty pages by curl, median and longest: {alone} alone, {beside} beside them")
        # Ten seconds of patience, and all of them are closed.
        end = time.monotonic() + 30
        for line in dawdlers:
            line.settimeout(max(0.1, end - time.monotonic()))
            try:
                while line.recv(4096):
                    pass
            except ConnectionResetError:
                pass

    def fifty(self):
        """Median and longest time for a page, of fifty, each over a connection of its own."""
        times = []
        for _ in range(50):
            start = time.monotonic()
            (_, status, _), _ = self.curl("/page")
            self.assertEqual(status, "200")
            times.append(time.monotonic() - start)
        return " and ".join(f"{sorted(times)[at] * 1000:.0f} ms" for at in (25, 49))


class CaddyTest(Proxy, unittest.TestCase):
    # It begins to pass a body on before it knows its length is too much, and then breaks off.
    too_large = ["413", "502"]

    @classmethod
    def setUpClass(cls):
        if not shutil.which("caddy"):
            raise unittest.SkipTest("Caddy is not installed")
        super().setUpClass()

    @classmethod
    def start(cls):
        with open(f"{ROOT}/deploy/proxy/Caddyfile", encoding="utf-8") as file:
            text = file.read()
        for old, new in (("\n{\n", f"\n{{\n\tadmin off\n\tauto_https disable_certs\n\thttp_port {cls.plain_port}\n\thttps_port {cls.port}\n"),
                         (f"{NAME} {{\n", f"{NAME} {{\n\tbind 127.0.0.1\n\ttls {cls.folder}/certificate.pem {cls.folder}/key.pem\n"),
                         ("127.0.0.1:8080", f"127.0.0.1:{cls.site.port}")):
            if old not in text:
                raise AssertionError(f"the Caddyfile has no {old}")
            text = text.replace(old, new, 1)
        with open(f"{cls.folder}/Caddyfile", "w", encoding="utf-8") as file:
            file.write(text)
        return subprocess.Popen(
            ["caddy", "run", "--adapter", "caddyfile", "--config", f"{cls.folder}/Caddyfile"], stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": cls.folder, "XDG_DATA_HOME": cls.folder, "XDG_CONFIG_HOME": cls.folder})

    def test_forwarded(self):
        """What a client says of itself is not believed."""
        _, head = self.curl("/page", "-H", "X-Forwarded-For: 203.0.113.9")
        self.assertIn("x-asked-by: 127.0.0.1\n", head)


if __name__ == "__main__":
    unittest.main()
