#!/usr/bin/python3
"""A resident's phone, for demonstrations: opens pages of the town, writes into their forms, and shows what stands there as lines of text.

    phone.py http://localhost:8080/ja/shelters
    phone.py --jar phone.json - < typed

A dash reads what is nobody else's business from stdin, where no list of processes shows it: the address, and a line NAME=VALUE for each field. These go into the
page's first form that has them all, which is sent as a browser would. The page that follows is shown.
What pages ask a browser to keep lies in the jar, a file of this user's alone.
"""

import argparse
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
from html.parser import HTMLParser

SILENT = {"script", "style", "title", "template", "nav", "footer", "header"}


class Page(HTMLParser):
    """The text of a page, and its forms: where each goes, and what stands in its fields."""

    def __init__(self, html):
        super().__init__()
        self.text, self.forms, self.silent = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag in SILENT:
            self.silent.append(tag)
        if tag == "form":
            self.forms.append({"action": given.get("action", ""), "fields": {}})
        if tag in {"input", "select", "textarea", "button"} and self.forms and "name" in given:
            is_off = given.get("type") in {"radio", "checkbox"} and "checked" not in given
            if not is_off and tag != "button":
                self.forms[-1]["fields"][given["name"]] = given.get("value") or ""

    def handle_endtag(self, tag):
        if self.silent and self.silent[-1] == tag:
            self.silent.pop()

    def handle_data(self, data):
        if not self.silent and data.strip():
            self.text.append(" ".join(data.split()))


class Phone:
    """Follows no redirect by itself: what a page sets is kept first."""

    def __init__(self, jar):
        self.path = jar
        self.cookies = json.load(open(jar)) if jar and os.path.exists(jar) else {}
        self.opener = urllib.request.build_opener(NoRedirect)

    def open(self, url, fields=None):
        origin = "{0.scheme}://{0.netloc}".format(urllib.parse.urlsplit(url))
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}
        headers |= {"Origin": origin, "Sec-Fetch-Site": "same-origin"} if fields is not None else {}
        body = urllib.parse.urlencode(fields).encode() if fields is not None else None
        try:
            with self.opener.open(urllib.request.Request(url, body, headers), timeout=15) as response:
                self.keep(response.headers)
                return response.read().decode()
        except urllib.error.HTTPError as error:
            self.keep(error.headers)
            if error.code == 303:
                return self.open(urllib.parse.urljoin(url, error.headers["Location"]))
            sys.exit(f"phone: the page answered {error.code}: {' '.join(Page(error.read().decode()).text)[:300]}")

    def keep(self, headers):
        for line in headers.get_all("Set-Cookie") or []:
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        if self.path and self.cookies:
            with os.fdopen(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                json.dump(self.cookies, file)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jar", metavar="FILE")
    parser.add_argument("url")
    options = parser.parse_args()
    fields = []
    if options.url == "-":
        options.url, *fields = sys.stdin.read().splitlines()
    phone = Phone(options.jar)
    try:
        html = phone.open(options.url)
        if fields:
            typed = dict(field.split("=", 1) for field in fields)
            form = next((form for form in Page(html).forms if typed.keys() <= form["fields"].keys()), None)
            if form is None:
                sys.exit(f"phone: the page has no form with {', '.join(typed)}")
            html = phone.open(urllib.parse.urljoin(options.url, form["action"]), form["fields"] | typed)
    except (urllib.error.URLError, OSError) as error:
        sys.exit(f"phone: the page cannot be opened: {error}")
    print("\n".join(Page(html).text))


main()
