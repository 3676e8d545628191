"""Each Japanese page beside its English one: the same headings, commands and tables, and no link into nothing. What the words say, people compare."""

import functools
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^()\s]+)\)")
JAPANESE = [*sorted(ROOT.glob("*.ja.md")), *sorted((ROOT / "Docs").glob("*.ja.md"))]
# Written for readers of its own, with sections of its own.
OWN = {"README.ja.md"}


@functools.cache
def text(path):
    return path.read_text(encoding="utf-8")


def english(page):
    return page.with_name(page.name.replace(".ja.md", ".md"))


def levels(page):
    return [len(marks) for marks in re.findall(r"^(#+) ", FENCE.sub("", text(page)), re.MULTILINE)]


def blocks(page):
    """The fenced blocks without what stands behind a `#`: comments are for the reader, in the reader's language."""
    return [re.sub(r"(^|\s+)#.*$", "", block, flags=re.MULTILINE) for block in FENCE.findall(text(page))]


def tables(page):
    """Of each table its rows."""
    return [len(table.splitlines()) for table in re.findall(r"(?:^\|.*\n?)+", FENCE.sub("", text(page)), re.MULTILINE)]


@functools.cache
def anchors(page):
    """As GitHub makes them of headings, and those that are written down."""
    prose = FENCE.sub("", text(page))
    headings = re.findall(r"^#+ (.*)$", prose, re.MULTILINE)
    made = {re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()).replace(" ", "-") for heading in headings}
    return made | set(re.findall(r'<a id="([^"]+)">', prose))


def links(page):
    prose = re.sub(r"`[^`\n]*`", "", FENCE.sub("", text(page)))
    return [link for link in LINK.findall(prose) if "://" not in link]


def fault(page, link):
    """What is wrong with a link, or `None`."""
    name, _, anchor = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    if not target.exists():
        return "there is no such file"
    if anchor and target.suffix == ".md" and anchor not in anchors(target):
        return "there is no such place on that page"
    other = target.with_name(target.stem + ".ja.md")
    if page.name.endswith(".ja.md") and target != english(page) and target.suffix == ".md" and other.exists():
        return f"{other.name} is there to be read instead"
    return None


class JapanesePages(unittest.TestCase):
    def of_each(self, what):
        self.assertGreater(len(JAPANESE), 1)
        for page in JAPANESE:
            if page.name not in OWN:
                with self.subTest(page.name):
                    self.assertEqual(what(page), what(english(page)))

    def test_the_levels_of_headings_follow_each_other_as_in_english(self):
        self.of_each(levels)

    def test_blocks_of_code_are_the_same_but_for_their_comments(self):
        self.of_each(blocks)

    def test_tables_have_as_many_rows(self):
        self.of_each(tables)

    def test_each_page_names_the_other(self):
        for page in JAPANESE:
            with self.subTest(page.name):
                self.assertIn(f"English: [{english(page).name}]({english(page).name})\n", text(page))
                self.assertIn(f"日本語: [{page.name}]({page.name})\n", text(english(page)))

    def test_every_link_leads_somewhere(self):
        for page in [*JAPANESE, *map(english, JAPANESE)]:
            for link in links(page):
                with self.subTest(page=page.name, link=link):
                    self.assertIsNone(fault(page, link))


class ProblemsTest(unittest.TestCase):
    def test_each_problem_stands_on_both_pages(self):
        """Whoever is told a code finds it in the manual."""
        codes = re.findall(r'^        "([a-z-]+)": Advice\(', (ROOT / "Services/Kazasu/Doctor/Advice.swift").read_text(encoding="utf-8"), re.MULTILINE)
        self.assertGreater(len(codes), 30)
        for page in ("operations.md", "operations.ja.md"):
            text = (ROOT / "Docs" / page).read_text(encoding="utf-8")
            self.assertEqual([code for code in codes if f"`{code}`" not in text], [], page)


if __name__ == "__main__":
    unittest.main()
