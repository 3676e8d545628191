"""A small site on the loopback, as the portal serves its own: the same headers, the same policy, the same scripts from where they lie; events when told."""
import gzip
import http.server
import json
import os
import queue
import select
import socket
import threading
import time
import unittest

from browser import ROOT, Browser

SITE = os.path.join(os.path.dirname(__file__), "site")
PAGES = os.path.join(ROOT, "Services/Portal/Pages")
LEAFLET = "/usr/share/javascript/leaflet"
POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; manifest-src 'self'; "
          "worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
KINDS = {".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
         ".png": "image/png", ".json": "application/json", ".geojson": "application/geo+json", ".webmanifest": "application/manifest+json",
         ".yaml": "application/yaml"}


class Served:
    """Files of `site`, of the portal's pages and of Leaflet. What `pages` holds goes before files: path → bytes, or a function of the handler."""

    def __init__(self):
        self.pages, self.requests, self.feeds, self.connections = {}, [], [], set()
        self.delay_s = 0
        self.lock = threading.Lock()
        self.start(0)

    def start(self, port):
        outer = self

        class Handler(Answer):
            served = outer
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.address = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self):
        """Ends it as a crash would: nobody listens, what is open is cut."""
        self.server.shutdown()
        self.server.server_close()
        with self.lock:
            for connection in self.connections:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def say(self, event, data=""):
        """One event to every open feed."""
        text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
        with self.lock:
            for feed in self.feeds:
                feed.put(f"event: {event}\ndata: {text}\n\n".encode())

    def asked(self, path):
        return [line for line in list(self.requests) if line.split("?")[0] == path]


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    served = None

    def log_message(self, *_):
        pass

    def setup(self):
        super().setup()
        with self.served.lock:
            self.served.connections.add(self.connection)

    def finish(self):
        with self.served.lock:
            self.served.connections.discard(self.connection)
        try:
            super().finish()
        except OSError:
            pass

    def handle(self):
        try:
            super().handle()
        except OSError:
            pass

    def do_GET(self):
        path = self.path.split("?")[0]
        self.served.requests.append(self.path)
        time.sleep(self.served.delay_s)
        page = self.served.pages.get(path)
        if callable(page):
            return page(self)
        if page is not None:
            return self.send(200, page, KINDS.get(os.path.splitext(path)[1], KINDS[".html"]))
        if path.startswith("/events/"):
            return self.feed()
        for folder, name in ((SITE, path), (PAGES, path), (LEAFLET, path.removeprefix("/lib/leaflet"))):
            file = os.path.normpath(folder + (name if name != "/" else "/index.html"))
            if file.startswith(folder) and os.path.isfile(file):
                kind = KINDS.get(os.path.splitext(file)[1], "application/octet-stream")
                # Debian's package holds its files packed as well.
                packed = "br" in self.headers.get("Accept-Encoding", "") and os.path.isfile(file + ".brotli")
                with open(file + ".brotli" if packed else file, "rb") as content:
                    return self.send(200, content.read(), kind, packed="br" if packed else None)
        self.send(404, "Not here. 見つかりません。".encode(), "text/plain; charset=utf-8")

    def refuse(self):
        length = int(self.headers.get("Content-Length", 0))
        if length and len(self.rfile.read(length)) == length:
            self.served.requests.append(self.path)
        body = b"Only GET is answered here."
        self.send_response(405)
        self.send_header("Allow", "GET")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_TRACE = do_QUERY = refuse

    def send(self, status, body, kind, cache="public, no-cache", packed=None):
        if not packed and "gzip" in self.headers.get("Accept-Encoding", "") and len(body) > 500 and kind != KINDS[".png"]:
            body, packed = gzip.compress(body, 6), "gzip"
        self.send_response(status)
        for name, value in (("Content-Type", kind), ("Content-Length", str(len(body))), ("Content-Security-Policy", POLICY),
                            ("Cache-Control", cache), ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"), ("Vary", "Accept-Encoding")):
            self.send_header(name, value)
        if packed:
            self.send_header("Content-Encoding", packed)
        self.end_headers()
        self.wfile.write(body)

    def feed(self):
        mine = queue.Queue()
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        with self.served.lock:
            self.served.feeds.append(mine)
        try:
            self.wfile.write(b"event: beat\ndata:\n\n")
            while True:
                try:
                    piece = mine.get(timeout=0.05)
                except queue.Empty:
                    # Nothing more is ever said by who listens: what can be read is the end.
                    if select.select([self.connection], [], [], 0)[0]:
                        break
                    continue
                if piece is None:
                    break
                self.wfile.write(piece)
        except OSError:
            pass
        finally:
            self.close_connection = True
            with self.served.lock:
                self.served.feeds.remove(mine)


class BrowserTest(unittest.TestCase):
    """A site and a browser for a class of tests. After each, an error in the console or a breach of the policy is a failure."""

    size, language = "desktop", "ja"

    @classmethod
    def setUpClass(cls):
        cls.site = Served()
        cls.addClassCleanup(lambda: cls.site.stop())
        cls.browser = Browser(cls.size, cls.language)
        cls.addClassCleanup(cls.browser.stop)

    def setUp(self):
        self.browser.forgiven = []
        self.browser.resize(self.size)
        self.browser.prefer()
        self.browser.problems()

    def tearDown(self):
        self.assertEqual(self.browser.problems(), [])
        # Its feeds end with it.
        self.browser.open("about:blank")

    def open(self, path):
        self.browser.open(self.site.address + path)
