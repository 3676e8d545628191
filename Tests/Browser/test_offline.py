"""What is kept for when the network is away: worker.js and offline.js in a real browser, before a server that can be stopped or slow.

    make browser-test
"""
import unittest

from served import BrowserTest

PRIVATE = ('<!doctype html><html lang="en"><title>My family</title><link rel="icon" href="/icon.svg"><link rel="stylesheet" href="/portal.css">'
           '<script type="module" src="/offline.js"></script><main data-secret>Hanako came at 8:01</main>').encode()
KEPT = "caches.open('kazasu-1').then(cache => cache.keys()).then(keys => keys.map(key => new URL(key.url).pathname))"


class OfflineTest(BrowserTest):
    language = "en"

    def setUp(self):
        super().setUp()
        self.site.delay_s = 0
        self.site.pages["/family.html"] = lambda handler: handler.send(200, PRIVATE, "text/html; charset=utf-8", cache="no-store")
        self.addCleanup(self.site.pages.clear)
        self.open("/live.html")
        # Ready, and the page that came before it among what it keeps.
        self.browser.until("navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)")
        self.browser.until(lambda: "/live.html" in self.kept())

    def kept(self):
        return self.browser.js("return " + KEPT)

    def away(self):
        """Nobody listens any more; after the test somebody does."""
        self.browser.forgiven = ["net::ERR"]
        self.site.stop()
        self.addCleanup(self.site.start, self.site.port)

    def test_away(self):
        """After one visit the page is there without a network, with its time; map, search and look with it."""
        self.away()
        self.open("/live.html")
        self.assertRegex(self.browser.until("!document.querySelector('#saved').hidden && document.querySelector('#saved').innerText"),
                         r"^Saved \d+/\d+, \d\d:\d\d; the network cannot be reached$")
        self.browser.until("document.querySelectorAll('.pin').length === 3")
        self.assertTrue(self.browser.js("return document.querySelector('#stale').hidden"))
        self.browser.picture("saved")
        # The server is back: the page becomes new by itself, and says no more that it is old.
        self.doCleanups()
        self.browser.until("document.querySelector('#saved').hidden", 30)

    def test_slow(self):
        """Of a server that takes longer than three seconds what was kept is shown; of a quick one what it says now."""
        self.site.delay_s = 6
        self.addCleanup(setattr, self.site, "delay_s", 0)
        self.open("/live.html")
        self.browser.until("!document.querySelector('#saved').hidden")
        self.site.delay_s = 0
        self.open("/live.html")
        self.browser.until(lambda: self.site.feeds)
        self.assertTrue(self.browser.js("return document.querySelector('#saved').hidden"))

    def test_private(self):
        """A page of somebody who has signed in is kept nowhere, and neither are events; without a network there is none of it."""
        self.open("/family.html")
        self.assertEqual(self.browser.text("[data-secret]"), "Hanako came at 8:01")
        everything = self.browser.js("""return caches.keys().then(names => Promise.all(names.map(name => caches.open(name))))
            .then(all => Promise.all(all.map(cache => cache.matchAll().then(answers => Promise.all(answers.map(one => one.text()))))))
            .then(texts => texts.flat(2).join(' '))""")
        self.assertIn("市民体育館", everything)
        self.assertNotIn("Hanako", everything)
        self.assertFalse([path for path in self.kept() if path.startswith("/events/")])
        self.away()
        self.browser.forgiven = ["ERR_", "Failed to fetch", "FetchEvent"]
        self.browser.open("about:blank")
        self.open("/family.html")
        self.assertIsNone(self.browser.text("[data-secret]"))
        self.assertNotIn("Hanako", self.browser.js("return document.documentElement.outerHTML"))

    def test_no_longer_public(self):
        """A page that was public and is not any more, for whoever signs in, is forgotten."""
        self.site.pages["/live.html"] = lambda handler: handler.send(200, PRIVATE, "text/html; charset=utf-8", cache="private, no-cache")
        self.open("/live.html")
        self.browser.until(lambda: "/live.html" not in self.kept())


if __name__ == "__main__":
    unittest.main()
