"""Pages that stay as the server has them: live.js, map.js, search.js and sound.js in a real browser.

    make browser-test
"""
import unittest

from browser import ENTER, ESCAPE, Browser
from served import SITE, BrowserTest

FULL = ('<li id="s01" class="card" data-lat="38.107" data-lon="140.040" data-state="full" data-search="市民体育館 しみんたいいくかん 中央地区">'
        '<h3><a href="#s01">市民体育館</a></h3><p><span class="state full">Full</span></p><p class="at">14:31</p></li>')
PINS = "[...document.querySelectorAll('.pin')].map(pin => pin.getAttribute('aria-label')).sort().join('|')"


class LiveTest(BrowserTest):
    language = "en"

    def live(self):
        """The page, and its feed open."""
        self.open("/live.html")
        self.browser.until(lambda: len(self.site.feeds) == 1)
        self.browser.until("document.querySelectorAll('.pin').length === 3")

    def change(self, words, others):
        """The page with other words, for this test."""
        with open(f"{SITE}/live.html", encoding="utf-8") as page:
            self.site.pages["/live.html"] = page.read().replace(words, others, 1).encode()
        self.addCleanup(self.site.pages.clear)

    def test_piece(self):
        """A piece takes the place of the element with its id; the map follows, and whoever was on its link is still there."""
        self.live()
        self.browser.js("document.querySelector('#s01 a').focus()")
        self.site.say("piece", {"id": "s01", "html": FULL, "say": "市民体育館: full"})
        self.browser.until("document.querySelector('#s01 .state').textContent === 'Full'")
        self.assertEqual(self.browser.js("return document.activeElement.outerHTML"), '<a href="#s01">市民体育館</a>')
        self.browser.until(PINS + ".includes('市民体育館: Full')")
        self.assertEqual(self.browser.js("return document.querySelectorAll('.pin').length"), 3)
        # The next thing to say waits its ten seconds, and then it is the newest alone.
        self.browser.until("document.querySelector('#said').textContent === '市民体育館: full'")
        self.site.say("piece", {"id": "s01", "html": FULL, "say": "first"})
        self.site.say("piece", {"id": "s01", "html": FULL.replace("14:31", "14:32"), "say": "second"})
        self.browser.until("document.querySelector('#s01 .at').textContent === '14:32'")
        self.assertEqual(self.browser.text("#said"), "市民体育館: full")

    def test_hostile(self):
        """A piece for an element that is not there, or outside of `main`, changes nothing; a script in one does not run."""
        self.live()
        self.browser.forgiven = ["Content Security Policy"]
        self.site.say("piece", {"id": "none", "html": "<p id='none'>x</p>"})
        self.site.say("piece", {"id": "stale", "html": "<p id='stale'>x</p>"})
        evil = """<li id="s01"><img src="data:," onerror="document.title='stolen'"><script>document.title='stolen'</script>quiet</li>"""
        self.site.say("piece", {"id": "s01", "html": evil})
        self.browser.until("document.querySelector('#s01').innerText.includes('quiet')")
        self.assertEqual(self.browser.js("return document.title"), "Shelters")
        self.assertNotEqual(self.browser.js("return document.querySelector('#stale').textContent"), "x")
        self.assertIsNone(self.browser.js("return document.querySelector('#none')"))

    def test_lost(self):
        """A server that is gone is told of, with the time; what it missed is there when it is back, and the map and what was typed have stayed."""
        self.live()
        self.browser.forgiven = ["net::ERR"]
        self.browser.js("window.mark = document.querySelector('#map')")
        self.browser.type("#search", "地区")
        self.site.stop()
        shown = self.browser.until("!document.querySelector('#stale').hidden && document.querySelector('#stale').innerText")
        self.assertRegex(shown, r"Not renewed since \d\d:\d\d$")
        self.browser.picture("stale")
        self.change("Room left", "Missed")
        self.site.start(self.site.port)
        self.browser.until("document.querySelector('#stale').hidden", 30)
        self.assertEqual(self.browser.text("#s01 .state"), "Missed")
        self.assertTrue(self.browser.js("return mark === document.querySelector('#map') && mark.isConnected"))
        self.assertEqual(self.browser.js("return document.querySelector('#search').value"), "地区")
        self.browser.until(PINS + ".includes('市民体育館: Missed')")
        # The new feed is heard.
        self.browser.until(lambda: len(self.site.feeds) == 1)
        self.site.say("piece", {"id": "s01", "html": FULL})
        self.browser.until("document.querySelector('#s01 .state').textContent === 'Full'")

    def test_silent(self):
        """A feed that is open and says nothing for longer than the page's patience (2 s here) is taken for lost; one that says `beat` is not."""
        self.change("data-feed=", "data-patience='2' data-feed=")
        self.live()
        self.browser.until("!document.querySelector('#stale').hidden")
        # It opens another by itself and fetches the page.
        self.browser.until("document.querySelector('#stale').hidden")
        for _ in range(15):
            self.site.say("beat")
            self.browser.js("return new Promise(done => setTimeout(done, 200))")
            self.assertTrue(self.browser.js("return document.querySelector('#stale').hidden"))

    def test_refused(self):
        """A feed that is answered with an error is asked for again, less often each time."""
        self.browser.forgiven = ["503"]
        self.site.pages["/events/shelters"] = lambda handler: handler.send(503, b"later", "text/plain")
        self.addCleanup(self.site.pages.clear)
        self.site.requests.clear()
        self.open("/live.html")
        self.browser.until("!document.querySelector('#stale').hidden")
        self.browser.until(lambda: len(self.site.asked("/events/shelters")) >= 3, 20)
        self.site.pages.clear()
        self.browser.until("document.querySelector('#stale').hidden", 30)

    def test_page(self):
        """The word `page` loads everything anew."""
        self.live()
        self.browser.js("window.old = true")
        self.site.say("page")
        self.browser.until("!window.old && document.readyState === 'complete'")
        self.browser.until("document.querySelectorAll('.pin').length === 3")

    def test_moved(self):
        """A page that is another by the time the feed is back, a sign-in, is loaded."""
        self.live()
        self.site.pages["/live.html"] = b'<!doctype html><html lang="en"><title>Sign in</title><link rel="icon" href="/icon.svg"><main>Sign in</main>'
        self.addCleanup(self.site.pages.clear)
        with self.site.lock:
            self.site.feeds[0].put(None)
        self.browser.until("document.title === 'Sign in'")

    def test_left(self):
        """A page that the browser puts by for "back" gives its feed up; taken out again it has a new one, and what it missed."""
        self.live()
        self.browser.js("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
        self.browser.until(lambda: self.site.feeds == [])
        self.change("Room left", "Missed")
        self.browser.js("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
        self.browser.until("document.querySelector('#s01 .state').textContent === 'Missed'")
        self.browser.until(lambda: len(self.site.feeds) == 1)

    def test_back(self):
        """A page that is come back to, from wherever the browser took it, has what it missed."""
        self.live()
        self.open("/look.html")
        self.browser.until(lambda: self.site.feeds == [])
        self.change("Room left", "Missed")
        self.browser.call("POST", "/back")
        self.browser.until("document.querySelector('#s01 .state')?.textContent === 'Missed'")
        self.browser.until(lambda: len(self.site.feeds) == 1)

    def test_map_by_keyboard(self):
        """Tab goes to each marker, Enter opens it, Escape closes it and comes back to it; all of them can be seen to have the focus."""
        self.live()
        stops = self.browser.walk()
        self.assertEqual(stops[:4], ["#map", "市民体育館: Room left", "致芳コミュニティセンター: Filling", "西根小学校: No word"])
        self.assertIn("Where am I?", stops)
        self.browser.js("document.querySelector('.pin.filling').focus()")
        self.browser.press(ENTER)
        self.browser.until("document.activeElement.closest('.leaflet-popup') && document.activeElement.innerText === '致芳コミュニティセンター'")
        self.browser.press(ESCAPE)
        self.browser.until("!document.querySelector('.leaflet-popup') && document.activeElement.matches('.pin.filling')")

    def test_map_without_tiles(self):
        """Without tiles the town's outline is the picture; tiles that do not come are replaced by it. With tiles, who made them is named."""
        self.live()
        self.browser.until("document.querySelector('#map path')")
        tiles = 'data-tiles="/tiles/{z}/{x}/{y}.png" data-attribution="GSI" data-keep data-list="#shelters"'
        self.change('data-keep data-list="#shelters"', tiles)
        self.browser.forgiven = ["/tiles/.*404"]
        self.open("/live.html")
        self.browser.until("document.querySelector('#map path')")
        self.assertIn("GSI", self.browser.text(".leaflet-control-attribution"))

    def test_place(self):
        """The button shows where the browser says it is, and no request tells anybody."""
        self.live()
        self.browser.cdp("Browser.grantPermissions", origin=self.site.address, permissions=["geolocation"])
        self.browser.cdp("Emulation.setGeolocationOverride", latitude=38.11, longitude=140.03, accuracy=20)
        self.site.requests.clear()
        self.browser.click("[aria-label='Where am I?']")
        self.browser.until("document.querySelector('.pin.me')")
        self.assertEqual([line for line in self.site.requests if not line.startswith("/events/")], [])

    def test_search(self):
        """Names are found by any of their scripts, and the map shows what the list shows."""
        self.live()
        for typed, found in (("シミン", "1 of 3"), ("ｼﾐﾝ", "1 of 3"), ("ちほう地区", "0 of 3"), ("ちほう 地区", "1 of 3"), ("西根", "1 of 3"),
                             ("地区", "3 of 3"), ("nobody", "0 of 3"), ("", "3 of 3")):
            self.browser.js("const box = document.querySelector('#search'); box.value = arguments[0]; box.dispatchEvent(new Event('input'))", typed)
            self.assertEqual(self.browser.text("#found"), found, typed)
        self.browser.js("const box = document.querySelector('#search'); box.value = 'しみん'; box.dispatchEvent(new Event('input'))")
        self.assertEqual(self.browser.js("return " + PINS), "市民体育館: Room left")
        # A piece that arrives does not show what the search hides.
        hall = FULL.replace("s01", "s02").replace("市民体育館", "公会堂").replace("しみんたいいくかん", "こうかいどう")
        self.site.say("piece", {"id": "s02", "html": hall})
        self.browser.until("document.querySelector('#s02').textContent.includes('公会堂') && document.querySelector('#s02').hidden")

    def test_weight(self):
        """A public page with its map, before tiles, by whoever comes the first time: at most 60 KB on the wire, and on a slow line its list is read before its
        scripts are there. How long it takes, `bench/portal_bench.py --only weight` measures."""
        stranger = Browser("phone", "en")
        self.addCleanup(stranger.stop)
        stranger.slow()
        # What the browser itself loaded when it began.
        stranger.transferred()
        # The worker fetches what it keeps after that.
        self.site.pages["/offline.js"] = b""
        self.addCleanup(self.site.pages.clear)
        stranger.open(self.site.address + "/live.html")
        stranger.until("document.querySelectorAll('.pin').length === 3")
        count = stranger.transferred()
        seen, scripts = stranger.js("""
            const ends = performance.getEntriesByType('resource').filter(file => file.name.endsWith('.js')).map(file => file.responseEnd)
            return [performance.getEntriesByName('first-contentful-paint')[0].startTime, Math.max(...ends)]""")
        print(f"\n{count} bytes, first seen after {seen:.0f} ms, its scripts after {scripts:.0f} ms")
        self.assertLess(count, 60_000)
        self.assertIn("市民体育館", stranger.text("#shelters"))
        self.assertLess(seen, scripts)

    def test_sound(self):
        """What arrives at a kiosk sounds once."""
        self.open("/kiosk.html")
        self.browser.until(lambda: len(self.site.feeds) == 1)
        self.browser.js("""window.tones = []
            const start = OscillatorNode.prototype.start
            OscillatorNode.prototype.start = function (at) { tones.push(Math.round(this.frequency.value)); start.call(this, at) }""")
        self.site.say("piece", {"id": "screen", "html": '<div id="screen" class="said granted" data-sound="granted"><h1>どうぞ</h1></div>'})
        self.browser.until("tones.join() === '880,1319'")
        self.browser.picture("kiosk-granted")
        self.site.say("piece", {"id": "screen", "html": '<div id="screen" class="said"><h1>かざしてください</h1></div>'})
        self.site.say("piece", {"id": "screen", "html": '<div id="screen" class="said refused" data-sound="refused"><h1>開けられません</h1></div>'})
        self.browser.until("tones.join() === '880,1319,196,196'")
        self.browser.picture("kiosk-refused")


if __name__ == "__main__":
    unittest.main()
