"""The portal of a real town behind Debian's nginx with the configuration of deploy/proxy, over TLS, in a real browser.

    make browser-test
"""
import os
import socket
import ssl
import tempfile
import unittest

from portal import PortalTest
from proxy import NAME, NGINX, believed, certify, start_nginx
from town import free_port, wait_for


class ProxiedTest(PortalTest):
    origin = f"https://{NAME}"

    @classmethod
    def setUpClass(cls):
        if not os.path.exists(NGINX):
            raise unittest.SkipTest("nginx is not installed: make browser-test")
        folder = tempfile.TemporaryDirectory(prefix="kazasu-proxied-", ignore_cleanup_errors=True)
        cls.addClassCleanup(folder.cleanup)
        cls.place, cls.port = folder.name, free_port()
        certify(cls.place)
        cls.flags = believed(cls.place, cls.port)
        super().setUpClass()
        proxy = start_nginx(cls.place, cls.port, free_port(), cls.web)
        cls.addClassCleanup(proxy.wait, 20)
        cls.addClassCleanup(proxy.terminate)
        wait_for("the proxy's port", cls.answers)
        cls.kazasu("shelter", "add", "s01", "中央公民館", "--day", "2", "--night", "2")
        cls.kazasu("shelter", "open", "s01")

    @classmethod
    def answers(cls):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", cls.port)) == 0

    def test_page_and_events(self):
        """A public page comes by HTTP/2, compressed; what changes in the town is on it while its stream goes on."""
        self.open("/ja/shelters")
        self.browser.listens("/events/shelters")
        came = self.browser.js("""const page = performance.getEntriesByType('navigation')[0]
            return [page.nextHopProtocol, page.encodedBodySize < page.decodedBodySize, isSecureContext]""")
        self.assertEqual(came, ["h2", True, True])
        self.assertEqual(self.browser.text("#shelter-s01 .state"), "空きあり")
        self.browser.js("window.mark = 1")
        with self.stream() as feed:
            self.kazasu("shelter", "check-in", "s01", "--card", "k1." + "a" * 26, "--card", "k1." + "b" * 26)
            self.browser.until("document.querySelector('#shelter-s01 .state').textContent === '満員'")
            heard = b""
            while "満員".encode() not in heard:
                part = feed.recv(65536)
                self.assertTrue(part, f"the stream has ended: {heard[-500:]}")
                heard += part
        self.assertNotIn(b"content-encoding", heard.lower())
        self.assertEqual(self.browser.js("return window.mark"), 1)

    def stream(self):
        """By HTTP/1.1, from a client that takes compressed answers too."""
        context = ssl.create_default_context(cafile=f"{self.place}/certificate.pem")
        line = context.wrap_socket(socket.create_connection(("127.0.0.1", self.port), 10), server_hostname=NAME)
        line.sendall(f"GET /events/shelters/ja HTTP/1.1\r\nHost: {NAME}\r\nAccept-Encoding: gzip\r\n\r\n".encode())
        self.assertTrue(line.recv(65536).startswith(b"HTTP/1.1 200 "))
        return line

    def test_sign_in(self):
        """Invited, signed in, out, and in again, by forms whose origin is the proxy's name; the cookie is of that host alone, over TLS."""
        self.sign_in("sato")
        self.assertIn("災害対策本部", self.browser.text("main"))
        cookie = next(one for one in self.browser.call("GET", "/cookie") if one["name"] == "__Host-kazasu")
        self.assertEqual((cookie["domain"], cookie["path"], cookie["secure"], cookie["httpOnly"]), (NAME, "/", True, True))
        self.browser.click("header form button")
        self.browser.until("location.pathname === '/ja/'")
        self.open("/ja/hq")
        self.browser.until("location.pathname === '/ja/sign-in'")
        self.sign_in("sato", again=True)
        self.open("/ja/hq")
        self.browser.until("document.querySelector('h1')?.textContent.includes('災害対策本部')")


if __name__ == "__main__":
    unittest.main()
