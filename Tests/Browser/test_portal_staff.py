"""Staff at the portal of a real town, in a real browser: signing in, and what each may do.

    make browser-test
"""
import unittest

from portal import PortalTest


class StaffTest(PortalTest):
    def test_sign_in(self):
        """Invited by a technician, with a password and a code of the phone; out again; in again by what was chosen; out at once when shut."""
        self.sign_in("sato")
        self.assertIn("災害対策本部", self.browser.text("main"))
        self.assertEqual(self.browser.accessible(), [])
        self.browser.picture("staff-menu")
        # What ends the session is as easy to see as the rest of the bar.
        colour = "getComputedStyle(document.querySelector('.top {0}')).color"
        self.assertEqual(self.browser.js("return " + colour.format("button")), self.browser.js("return " + colour.format("a")))
        self.browser.click("header form button")
        self.browser.until("location.pathname === '/ja/'")
        self.open("/ja/staff")
        self.browser.until("location.pathname === '/ja/sign-in'")
        self.sign_in("sato", again=True)
        self.kazasu("portal", "shut", "sato", "--yes")
        self.open("/ja/staff")
        self.browser.until("location.pathname === '/ja/sign-in'")
        self.secrets.pop("sato")
        self.cookies.pop("sato")

    def test_sent_twice(self):
        """A door is opened from the office: the form sent twice at once, later again and then by its button is one order; the page drawn anew gives another."""
        def orders():
            return self.kazasu("door", "audit", "gym", "--json").stdout.count("配送")

        self.sign_in("suzuki")
        self.open("/ja/doors/gym/unlock")
        self.browser.type("#reason", "配送")
        once = self.browser.js("return document.querySelector('#unlock [name=once]').value")
        addresses = self.browser.js("""return (async () => {
            const send = async () => (await fetch(unlock.action, { method: 'POST', body: new URLSearchParams(new FormData(unlock)) })).url
            return [...await Promise.all([send(), send()]), await send()]
        })()""")
        self.assertEqual(len(set(addresses)), 1, addresses)
        self.assertIn("/orders/", addresses[0])
        self.assertEqual(orders(), 1)
        self.browser.click("#unlock button")
        self.browser.until("location.pathname.includes('/orders/')")
        self.assertEqual(self.browser.js("return location.href"), addresses[0])
        self.assertEqual(orders(), 1)
        self.open("/ja/doors/gym/unlock")
        self.assertNotEqual(self.browser.js("return document.querySelector('#unlock [name=once]').value"), once)
        self.browser.type("#reason", "配送")
        self.browser.click("#unlock button")
        self.browser.until("location.pathname.includes('/orders/')")
        self.assertNotEqual(self.browser.js("return location.href"), addresses[0])
        self.assertEqual(orders(), 2)

    def test_wrong(self):
        """A wrong password is answered, and says nothing of what was wrong; the page is whole for a keyboard."""
        self.browser.forgiven = ["403"]
        self.open("/ja/sign-in?next=/ja/hq")
        self.assertEqual(self.browser.accessible(), [])
        self.assertIn("#password", self.browser.walk())
        self.browser.picture("sign-in")
        for name, text in (("account", "sato"), ("password", "まったく違うパスワード"), ("code", "000000")):
            self.browser.type(f"#{name}", text)
        self.browser.click("form button.main")
        self.browser.until("document.querySelector('[role=alert].bad')")
        self.assertIn("アカウント、パスワード、6けたの数字", self.browser.text(".bad"))
        for size in ("phone", "desktop"):
            self.browser.resize(size)
            self.browser.picture("sign-in-wrong")

    def test_cookie(self):
        """The cookie is of this host alone, out of reach of scripts, and sent by no other site."""
        self.sign_in("suzuki")
        cookies = {cookie["name"]: cookie for cookie in self.browser.call("GET", "/cookie")}
        cookie = cookies["__Host-kazasu"]
        self.assertEqual((cookie["httpOnly"], cookie["secure"], cookie["sameSite"], cookie["path"]), (True, True, "Strict", "/"))
        self.assertEqual(self.browser.js("return document.cookie"), "")


if __name__ == "__main__":
    unittest.main()
