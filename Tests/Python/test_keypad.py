"""A keypad from stock libraries: the page's own example, and HOTP against the numbers of its RFC."""

import datetime
import json
import re
import unittest

import vectors
from town import ROOT


class Keypad(unittest.TestCase):
    PAGE = (ROOT / "Docs" / "keypads.md").read_text()

    def test_codes_are_hotp_as_rfc_6238_appendix_b_has_it_for_sha_256(self):
        secret = b"12345678901234567890123456789012"
        for seconds, code in [(59, "46119246"), (1111111109, "68084774"), (20000000000, "77737706")]:
            self.assertEqual(vectors.hotp(secret, seconds // 30, 8), code)

    def test_the_report_of_the_page_can_be_made_from_the_page_and_the_vectors_alone(self):
        code = vectors.vectors()["code"]
        report = json.loads(re.search(r"```json\n(.*?)\n```", self.PAGE, re.S)[1])
        text = re.search(r"```\n(0.*?)\n```", self.PAGE, re.S)[1]
        milliseconds = round(datetime.datetime.fromisoformat(report["time"]).timestamp() * 1000)
        self.assertEqual(text, f"{report['id']}\n{milliseconds}\n{code['code']}")
        self.assertEqual(report["data"]["proof"], vectors.proof(bytes.fromhex(code["keypadKeyHex"]), report["id"], milliseconds, code["code"]))
        self.assertEqual(report, json.loads((ROOT / "Docs" / "schemas" / "examples" / "code.v1.json").read_text()))

    def test_every_refusal_of_the_page_is_a_word_of_the_contract(self):
        schema = json.loads((ROOT / "Docs" / "schemas" / "reply-code.v1.json").read_text())
        words = {word for key in ("refusal", "rule") for word in schema["properties"]["answer"]["properties"][key]["enum"]}
        table = self.PAGE.split("## 4. The answer")[1].split("## 5.")[0]
        shown = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", "\n".join(line.split("|")[1] for line in table.splitlines() if line.startswith("| `"))))
        self.assertLessEqual(shown, words)
        self.assertIn("too-many-tries", shown)


if __name__ == "__main__":
    unittest.main()
