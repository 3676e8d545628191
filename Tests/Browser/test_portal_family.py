"""Residents' own pages on a real town: real pcscd, agent, directory, notifier and mail server, and what a real browser shows to a guardian.

    make browser-test
"""
import json
import queue
import re
import subprocess
import threading
import unittest
import unittest.mock
import urllib.parse

import portal
from browser import ROOT, SIZES, barcodes
from card import Card
from hand import Hand
from town import free_port, wait_for

READER = "shelter-1/reader-1"
LOBBY = "lobby: {{ reader: gate-1/reader-1"
LIBRARY = ", codes: true, library: {{ list: library, bars: codabar, check: modulus16 }}"
MORE = """registrars: [civil-affairs, library]
people: {{ lists: {{ library: {{ says: members, group: readers, columns: {{ number: 利用者番号, reading: フリガナ, born: 生年月日 }} }} }} }}
double-tap: {{ default: 0s }}
notice-desks: [hall]
schedules: {{ all-week: {{ hours: {{ mon-sun: "00:00-24:00" }} }} }}
notices:
  mail: {{ server: localhost, port: {mail}, encryption: none, from: oshirase@nagai.example }}
  line: {{ login: "1234567890" }}
  quiet: "00:00-00:00"
  schools: {{ first: {{ title: 第一小学校, schedule: all-week, gates: [shelter-1], alarms: false, pause: 1s }} }}
"""


class FamilyTest(portal.PortalTest):
    reader, size = "shelter-1", "phone"
    keys = (("line.token", "t0ken"), ("line-login.secret", "0123456789abcdef0123456789abcdef"))

    @classmethod
    def setUpClass(cls):
        mail = free_port()
        cls.letters = queue.Queue()
        server = subprocess.Popen(
            ["/usr/bin/python3", f"{ROOT}/Devices/mailbox/mailbox.py", "--port", str(mail)], stdout=subprocess.PIPE, text=True)
        cls.addClassCleanup(server.stdout.close)
        cls.addClassCleanup(server.wait)
        cls.addClassCleanup(server.terminate)
        threading.Thread(target=lambda: [cls.letters.put(json.loads(line)) for line in server.stdout], daemon=True).start()
        text = portal.TOWN.replace(LOBBY, "lobby: {{ reader: shelter-1/reader-1" + LIBRARY).replace("  map:", "  residents: true\n  map:")
        with unittest.mock.patch.object(portal, "TOWN", text):
            cls.lines = MORE.format(mail=mail)
            super().setUpClass()
        cls.hand = Hand(cls.town, READER, "visit")
        cls.addClassCleanup(cls.hand.rest)
        cls.mother, cls.child = Card(1), Card(2)
        cls.hand.enrol(cls.mother, name="長井 花子", reading="ナガイ ハナコ", born="S59.3.1", channels="mail hanako@home.example")
        cls.hand.enrol(cls.child, name="長井 太郎", reading="ナガイ タロウ", born="H30.5.1", school="第一小学校", **{"class": "1-2"})
        cls.relate()

    @classmethod
    def relate(cls):
        """Both hold their cards, one after the other, each when it is asked for."""
        cls.kazasu("reader", "purpose", READER, "enrol")
        clerk = subprocess.Popen(
            cls.town.command("relation", "guardian", "--yes", "--tap", READER), text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        cards, said = iter((cls.mother, cls.child)), []
        for line in clerk.stdout:
            said.append(line)
            if "card over" in line and (card := next(cards, None)):
                cls.hand.lift()
                cls.hand.hold(card)
        cls.hand.lift()
        clerk.stdout.close()
        if clerk.wait():
            raise AssertionError(f"kazasu relation guardian: {''.join(said)}")
        cls.kazasu("reader", "purpose", READER, "visit")

    def letter(self, word, *places):
        """The text of a letter with this word in it, one to each place."""
        missing = set(places or ["hanako@home.example"])
        while missing:
            while word not in (letter := self.letters.get(timeout=30)).get("text", ""):
                pass
            self.assertIn(letter["to"][0], missing)
            self.assertEqual(len(letter["to"]), 1)
            missing.remove(letter["to"][0])
        return letter["text"]

    def enter(self):
        """By name and birth date: the link that comes by mail."""
        self.browser.call("DELETE", "/cookie")
        self.open("/ja/family")
        self.browser.type("#reading", "ながい はなこ")
        self.browser.js("document.querySelector('#born').value = '1984-03-01'")
        self.browser.click("#by-link button")
        self.browser.until("document.querySelector('#sent')")
        return re.search(r"http\S+/family/in#\S+", self.letter("/family/in"))[0]

    def test_link(self):
        """A link comes to the mailbox that the town knows, and opens the page once: the child's day, an absence and its end, messages, consents, all that is held."""
        link = self.enter()
        self.browser.open(link)
        # The script has taken the secret out of the address.
        self.browser.until("document.querySelector('#pasted').hidden")
        self.assertEqual(self.browser.js("return location.href"), link.split("#")[0])
        self.browser.click("#enter")
        self.browser.until("location.pathname === '/ja/family/home'")
        self.assertIn("長井 太郎", self.browser.text("#children"))
        self.assertNotIn("登校\n", self.browser.text("#children .state") + "\n")
        self.kazasu("reader", "purpose", READER, "school-gate")
        self.hand.hold_until(self.child, "the arrival", self.has_arrived)
        self.kazasu("reader", "purpose", READER, "visit")
        for size in SIZES:
            self.browser.resize(size)
            for page in ("home", "notices", "consents", "uses"):
                self.open(f"/ja/family/{page}")
                self.assertEqual(self.browser.accessible(), [], f"{page} {size}")
                self.browser.picture(f"family-{page}")
        self.browser.resize(self.size)
        self.absence()
        self.consent()
        # The same link again, as whoever finds the mail would have it.
        self.browser.click("#sign-out")
        self.browser.until("location.pathname === '/ja/family'")
        self.browser.open(link)
        self.browser.click("#enter")
        self.browser.until("document.querySelector('#main [role=alert]')?.textContent.includes('使えません')")
        # The absence in another century, and the link again.
        self.browser.forgiven = ["422", "403"]
        self.open("/ja/family/home")
        self.browser.until("location.pathname === '/ja/family'")

    def come_in(self):
        self.browser.open(self.enter())
        self.browser.until("document.querySelector('#pasted').hidden")
        self.browser.click("#enter")
        self.browser.until("location.pathname === '/ja/family/home'")

    def way_to_line(self):
        """What the page's link tells LINE."""
        self.open("/ja/family/line")
        way = urllib.parse.urlsplit(self.browser.js("return document.querySelector('#to-line').href"))
        self.assertEqual((way.netloc, way.path), ("access.line.me", "/oauth2/v2.1/authorize"))
        return dict(urllib.parse.parse_qsl(way.query))

    def come_back(self, **said):
        """As LINE sends a browser back: from a page of another site."""
        self.browser.open("data:text/html," + urllib.parse.quote(f'<a href="{self.address}/family/line/back?{urllib.parse.urlencode(said)}">LINE</a>'))
        self.browser.click("a")
        self.browser.until("location.pathname === '/ja/family/line'")

    def line(self):
        """There and back: the session comes along from another site, and a state is good once. Nobody asks LINE anything, for whoever comes back has declined."""
        self.open("/ja/family/notices")
        self.browser.click("#line")
        self.browser.until("document.querySelector('#to-line')")
        for size in SIZES:
            self.browser.resize(size)
            self.assertEqual(self.browser.accessible(), [], size)
            self.browser.picture("family-line")
        self.browser.resize(self.size)
        given = self.way_to_line()
        self.assertEqual((given["client_id"], given["redirect_uri"]), ("1234567890", f"{self.address}/family/line/back"))
        for words in ("何も変わっていません", "画面が古くなった"):
            self.come_back(error="access_denied", state=given["state"])
            self.assertIn(words, self.browser.text("#main"))
        self.assertIn("つながっていません", self.browser.text("#linked"))

    def test_mail(self):
        """At LINE somebody declines; another mailbox is proved by digits that go there and nowhere else; both mailboxes hear of what is changed."""
        self.come_in()
        # In the same session: a person is sent three links an hour.
        self.line()
        self.open("/ja/family/notices")
        self.browser.click("#mail")
        self.browser.until("document.querySelector('#mails')?.innerText.includes('hanako@home.example')")
        self.browser.type("#address", "new@home.example")
        self.browser.click("#add button")
        self.browser.until("document.querySelector('#prove')")
        digits = re.search(r"\b[0-9]{6}\b", self.letter("6けたの数字", "new@home.example"))[0]
        for size in SIZES:
            self.browser.resize(size)
            self.assertEqual(self.browser.accessible(), [], size)
            self.browser.picture("family-mail-digits")
        self.browser.resize(self.size)
        self.browser.forgiven = ["403"]
        self.browser.type("#digits", f"{(int(digits) + 1) % 1_000_000:06}")
        self.browser.click("#prove button")
        self.browser.until("document.querySelector('#main [role=alert]')?.textContent.includes('数字が違うか')")
        self.browser.type("#digits", digits)
        self.browser.click("#prove button")
        self.browser.until("document.querySelector('#mails')?.innerText.includes('new@home.example')")
        self.assertEqual(self.browser.accessible(), [])
        self.browser.picture("family-mail")
        self.letter("届け先が変更", "hanako@home.example")
        self.browser.click("#mails li:last-child .remove button")
        self.browser.until("!document.querySelector('#mails').innerText.includes('new@home.example')")
        self.letter("届け先が変更", "hanako@home.example", "new@home.example")

    def test_link_without_scripts(self):
        """Whoever has no scripts pastes the link into the page that it opens."""
        link = self.enter()
        self.browser.cdp("Emulation.setScriptExecutionDisabled", value=True)
        self.addCleanup(self.browser.cdp, "Emulation.setScriptExecutionDisabled", value=False)
        self.browser.open(link)
        self.browser.type("#link", link)
        self.browser.click("#enter")
        self.browser.until(lambda: self.browser.call("GET", "/url").endswith("/ja/family/home"))

    def has_arrived(self):
        self.open("/ja/family/home")
        return self.browser.text("#children .state") == "登校"

    def absence(self):
        self.open("/ja/family/home")
        self.browser.click("#children details summary")
        self.browser.js("for (const day of document.querySelectorAll('.absence input[type=date]')) { day.min = ''; day.value = '2099-01-01' }")
        self.browser.click(".absence button")
        # Too far away: said beside the form, and nothing is noted.
        self.browser.until("document.querySelector('#main [role=alert]')")
        self.open("/ja/family/home")
        self.browser.click("#children details summary")
        self.browser.click(".absence button")
        self.browser.until("document.querySelector('.absence-reported')")
        self.browser.click(".absence-reported button")
        self.browser.until("document.querySelector('#done') && !document.querySelector('.absence-reported')")

    def consent(self):
        self.open("/ja/family/consents")
        self.browser.click("#consent-notifier-school-gate button")
        self.browser.until("document.querySelector('#consent-notifier-school-gate .state').textContent === '同意しています'")
        copy = json.loads(self.browser.js("return (async () => (await fetch('/ja/family/data')).text())()"))
        self.assertEqual(copy["file"]["facts"]["name"], "長井 花子")
        self.assertEqual(copy["silent"], [])
        self.assertIn(("notifier", "school-gate", True), [(one["service"], one["kind"], one["given"]) for one in copy["file"]["consents"]])

    def test_card(self):
        """A card at a kiosk: its code and the birth date open the holder's page, where every use of the card is told; another birth date opens nothing."""
        self.sign_in("suzuki")
        self.open("/ja/kiosk-setup")
        self.browser.click("main button.main")
        self.browser.until("document.querySelector('.idle')")
        self.browser.listens("/events/kiosk/")
        self.hand.hold_until(self.mother, "the code", lambda: self.browser.js("return !!document.querySelector('.code')"))
        self.browser.picture("kiosk-code")
        self.library()
        code = self.browser.text(".code")
        for born, path in (("1984-03-02", "/ja/family/code"), ("1984-03-01", "/ja/family/home")):
            self.open(f"/ja/family?code={code}")
            self.browser.js(f"document.querySelector('#code-born').value = '{born}'")
            self.browser.click("#by-code button")
            self.browser.until(f"location.pathname === '{path}'")
        self.browser.forgiven = ["403"]
        self.open("/ja/family/uses")
        self.browser.until("document.querySelector('#uses li')")
        self.assertEqual(self.browser.js("return document.querySelector('#silent')"), None)
        self.assertIn("hall", self.browser.text("#uses"))
        self.browser.picture("family-uses-card")
        # A clerk is told that the card is lost: what is open for it ends.
        copy = json.loads(self.browser.js("return (async () => (await fetch('/ja/family/data')).text())()"))
        person = copy["file"]["person"]
        self.looked_at(person)
        self.kazasu("card", "lost", person, "--why", "落とした", "--yes")
        self.addCleanup(self.kazasu, "card", "activate", person, "--why", "見つかった", "--yes")
        self.open("/ja/family/home")
        self.browser.until("document.querySelector('#main [role=alert]')?.textContent.includes('使えなくなった')")
        self.open("/ja/family/uses")
        self.browser.until("location.pathname === '/ja/family'")

    def library(self):
        """The library's own list comes in, by two people; from then on the mother's card shows her number there to the library's scanner."""
        self.assertIn("がありません", self.browser.text(".own"))
        file = self.folder / "library.csv"
        file.write_text("利用者番号,フリガナ,生年月日\n7654321,ナガイ ハナコ,1984-03-01\n")
        handed = json.loads(self.kazasu("import", file, "--list", "library", "--json").stdout)
        self.kazasu("import", "approve", handed["id"], "--as", "library", "--yes")
        self.kazasu("import", "apply", handed["id"], "--yes")
        self.hand.lift()
        self.hand.hold_until(self.mother, "the bars", lambda: self.browser.js("return !!document.querySelector('.barcode svg')"))
        # 16 + 7 + 6 + 5 + 4 + 3 + 2 + 1 + 16 and a check digit of 4 are 64, four times 16.
        self.assertEqual(barcodes(self.browser.picture("kiosk-list-number"), "codabar"), ["A76543214A"])
        self.hand.lift()

    def looked_at(self, person):
        """Staff of a shelter read the roster she stands on."""
        self.kazasu("shelter", "add", "s01", "中央公民館")
        self.kazasu("shelter", "open", "s01")
        self.kazasu("shelter", "check-in", "s01", "--person", person)
        self.kazasu("shelter", "roster", "s01")
        self.open("/ja/family/uses")
        self.browser.until("document.querySelector('#shelter-looks li')")
        self.assertIn("中央公民館: 避難所の名簿", self.browser.text("#shelter-looks"))
        self.browser.picture("family-uses-shelter")
        copy = json.loads(self.browser.js("return (async () => (await fetch('/ja/family/data')).text())()"))
        self.assertEqual(copy["shelter"]["brief"]["shelter"], "s01")


if __name__ == "__main__":
    unittest.main()
