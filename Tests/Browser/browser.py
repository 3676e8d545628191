"""Chromium without a window, through its driver, in W3C WebDriver (w3.org/TR/webdriver2) over plain HTTP: no library between the tests and it."""
import base64
import glob
import http.client
import json
import os
import re
import shutil
import subprocess
import tempfile
import time

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
PICTURES = os.path.join(ROOT, ".build/browser")
ENVIRONMENT = os.path.join(ROOT, ".build/browser-env")
# Width and height in CSS pixels, and whether it is a phone with a finger on it.
SIZES = {"phone": (390, 844, True), "desktop": (1280, 900, False)}
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
# Keys as WebDriver names them (17.4.2).
TAB, ENTER, ESCAPE = "\ue004", "\ue007", "\ue00c"


class Browser:
    def __init__(self, size="desktop", language="ja", *flags):
        """Flags are chromium's own."""
        self.folder = tempfile.mkdtemp(prefix="kazasu-browser-")
        self.driver = subprocess.Popen(
            ["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "TZ": "Asia/Tokyo"})
        self.port = next(int(found[1]) for line in self.driver.stdout if (found := re.search(r"successfully on port (\d+)", line)))
        self.session = ""
        arguments = ["--headless=new", "--disable-gpu", "--hide-scrollbars", f"--lang={language}", f"--user-data-dir={self.folder}", *flags]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")
        wanted = {
            "browserName": "chrome",
            "goog:chromeOptions": {"args": arguments, "prefs": {"intl.accept_languages": language}},
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }
        self.session = "/session/" + self.call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]
        self.forgiven, self.language = [], language
        self.resize(size)

    def stop(self):
        try:
            self.call("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait()
            self.driver.stdout.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def call(self, method, path, body=None):
        """One command of the WebDriver protocol; its value."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            text = None if method != "POST" else json.dumps(body or {})
            connection.request(method, self.session + path, text, {"Content-Type": "application/json"})
            value = json.loads(connection.getresponse().read())["value"]
        finally:
            connection.close()
        if isinstance(value, dict) and "error" in value:
            raise AssertionError(f"{path}: {value['error']}: {value['message'].splitlines()[0]}")
        return value

    def cdp(self, command, **parameters):
        """One command of the Chrome DevTools Protocol (chromedevtools.github.io)."""
        return self.call("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    # What a person does.

    def resize(self, size):
        self.size = size
        width, height, phone = SIZES[size]
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone)
        self.cdp("Emulation.setTouchEmulationEnabled", enabled=phone)

    def prefer(self, medium="", **features):
        """Wishes a page can ask for in a media query: `prefer(prefers_color_scheme="dark")`, `prefer("print")`; none takes them back."""
        wishes = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.cdp("Emulation.setEmulatedMedia", media=medium, features=wishes)

    def open(self, address):
        self.call("POST", "/url", {"url": address})

    def find(self, css):
        return self.call("POST", "/element", {"using": "css selector", "value": css})[ELEMENT]

    def click(self, css):
        self.call("POST", f"/element/{self.find(css)}/click")

    def type(self, css, text):
        self.call("POST", f"/element/{self.find(css)}/value", {"text": text})

    def press(self, *keys):
        """Keys to wherever the focus is, one after the other; a tuple is held together."""
        acts = []
        for key in keys:
            held = key if isinstance(key, tuple) else (key,)
            acts += [{"type": "keyDown", "value": one} for one in held] + [{"type": "keyUp", "value": one} for one in reversed(held)]
        self.call("POST", "/actions", {"actions": [{"type": "key", "id": "keys", "actions": acts}]})

    # What a person sees.

    def js(self, script, *arguments):
        return self.call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def text(self, css):
        return self.js("return document.querySelector(arguments[0])?.innerText ?? null", css)

    def until(self, condition, seconds=10):
        """Waits until a condition holds, JavaScript or a function of Python, and gives its answer; a deadline passed is a failure."""
        end = time.monotonic() + seconds
        while True:
            answer = condition() if callable(condition) else self.js("return " + condition)
            if answer:
                return answer
            if time.monotonic() > end:
                raise AssertionError(f"not within {seconds} s: {condition}")
            time.sleep(0.02)

    def listens(self, path):
        """Waits until a feed whose address holds this has been answered: what is said from then on reaches the page."""
        def answered():
            events = [json.loads(entry["message"])["message"] for entry in self.log("performance")]
            return any(event["method"] == "Network.responseReceived" and path in event["params"]["response"]["url"] for event in events)
        self.until(answered)

    def picture(self, name):
        """The whole page into `.build/browser/NAME-SIZE-LANGUAGE.png`; its path."""
        os.makedirs(PICTURES, exist_ok=True)
        language = self.js("return document.documentElement.lang") or self.language
        file = f"{PICTURES}/{name}-{self.size}-{language}.png"
        image = self.cdp("Page.captureScreenshot", format="png", captureBeyondViewport=True)["data"]
        with open(file, "wb") as out:
            out.write(base64.b64decode(image))
        return file

    def paper(self, name):
        """The page as it is printed on A4, into `.build/browser/NAME.pdf`; its path."""
        os.makedirs(PICTURES, exist_ok=True)
        with open(f"{PICTURES}/{name}.pdf", "wb") as out:
            out.write(base64.b64decode(self.call("POST", "/print", {"page": {"width": 21.0, "height": 29.7}, "background": False})))
        return f"{PICTURES}/{name}.pdf"

    # What a person does not see.

    def log(self, kind):
        return self.call("POST", "/se/log", {"type": kind})

    def problems(self):
        """Errors of the console since last asked, violations of the content security policy among them, but for those forgiven."""
        said = [entry["message"] for entry in self.log("browser") if entry["level"] == "SEVERE"]
        return [line for line in said if not any(re.search(words, line) for words in self.forgiven)]

    def slow(self, kilobits=400, latency_ms=150):
        """A slow line from now on: so many kbit/s each way; `slow(0, 0)` takes it away."""
        rate = kilobits * 1000 / 8 if kilobits else -1
        self.cdp("Network.enable")
        self.cdp("Network.emulateNetworkConditions", offline=False, latency=latency_ms, downloadThroughput=rate, uploadThroughput=rate)

    def transferred(self):
        """Bytes that came over the wire since last asked, heads included and as compressed as they came."""
        events = [json.loads(entry["message"])["message"] for entry in self.log("performance")]
        return sum(int(event["params"]["encodedDataLength"]) for event in events if event["method"] == "Network.loadingFinished")

    def usable(self):
        """Milliseconds from the start of the navigation until the page was painted and its modules had run."""
        self.until("document.readyState === 'complete' && performance.getEntriesByName('first-contentful-paint').length > 0", 60)
        return self.js("""const painted = performance.getEntriesByName('first-contentful-paint')[0].startTime;
                          return Math.round(Math.max(painted, performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd))""")

    def accessible(self, *rules):
        """What axe-core finds that is serious or critical, a line each. Rules named are asked besides, as `color-contrast-enhanced` (7:1)."""
        found = glob.glob(f"{ENVIRONMENT}/lib/python3*/site-packages/axe_playwright_python/axe.min.js")
        if not found:
            raise AssertionError("axe-core is not there. Install it: make browser-test")
        if not self.js("return typeof axe === 'object'"):
            with open(found[0], encoding="utf-8") as source:
                self.js(source.read())
        chosen = {rule: {"enabled": True} for rule in rules}
        answer = self.call("POST", "/execute/async", {
            "script": "axe.run(document, {rules: arguments[0], resultTypes: ['violations']}).then(arguments[1])", "args": [chosen]})
        return [f"{rule['id']}: {rule['help']}: {node['target']} {node['html'][:120]}"
                for rule in answer["violations"] for node in rule["nodes"] if rule["impact"] in ("serious", "critical")]

    def walk(self, most=100):
        """Tab from the top to the end: what had the focus, in order. What cannot be seen to have it is a failure."""
        self.js("document.activeElement?.blur(); window.scrollTo(0, 0); window.tabbed = new Set()")
        order = []
        for _ in range(most):
            self.press(TAB)
            name, seen, again = self.js("""
                const here = document.activeElement, style = getComputedStyle(here)
                // A date has several stops within, which the browser marks itself.
                const within = here === window.tabbedLast
                const again = here === document.body || (tabbed.has(here) && !within)
                tabbed.add(here)
                window.tabbedLast = here
                const name = here.id ? '#' + here.id : (here.getAttribute('aria-label') || here.innerText || here.name || here.tagName).trim()
                return [name, within || style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2, again]""")
            if again:
                return order
            if not seen:
                raise AssertionError(f"the focus cannot be seen on {name}")
            if order[-1:] != [name]:
                order.append(name)
        raise AssertionError(f"more than {most} stops with Tab: {order}")


def barcodes(picture, *kinds):
    """What zbar reads off a picture: texts, of the kinds named (`codabar`, `code39`)."""
    chosen = [f"-S{kind}.enable" for kind in kinds]
    done = subprocess.run(["zbarimg", "-q", "--raw", *(["-Sdisable"] if kinds else []), *chosen, picture], capture_output=True, text=True)
    return done.stdout.split()


def schemathesis(document, address, examples=20):
    """Whether a server does what its OpenAPI document says, and what schemathesis printed. The seed is fixed: a red run is red again."""
    program = f"{ENVIRONMENT}/bin/schemathesis"
    if not os.path.exists(program):
        raise AssertionError("schemathesis is not there. Install it: make browser-test")
    done = subprocess.run(
        [program, "--no-color", "run", document, "--url", address, "--checks", "all", "--max-examples", str(examples), "--seed", "1"],
        capture_output=True, text=True, cwd=tempfile.gettempdir(), timeout=300)
    return done.returncode == 0, done.stdout + done.stderr
