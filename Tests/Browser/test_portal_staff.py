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
