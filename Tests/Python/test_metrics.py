"""A real Prometheus scrapes the real exporter of a real town, and answers what the alert rules ask."""

import json
import os
import pathlib
import signal
import subprocess
import tempfile
import unittest
import urllib.error
import urllib.parse
import urllib.request

import yaml

from town import ROOT, free_port, wait_for

KAZASU = ROOT / ".build" / "debug" / "kazasu"
RULES = ROOT / "deploy" / "prometheus" / "alerts.yaml"
SECRETS = ["長井市", "市民体育館", "体育館"]
"""Titles of the town's file: stand-ins for whatever people have written into it."""

TOWN = """
town: nagai
title: 長井市
broker: {{ host: localhost, port: {port} }}
metrics: {{ listen: "127.0.0.1:{metrics}" }}
agents:
  gate-1:
    readers:
      reader-1: {{ device: "Virtual", place: civic-gym, purpose: "door:gym" }}
doors:
  gym: {{ title: 市民体育館 }}
desks: [office]
operators: [it-1]
"""


def get(url, accept="*/*"):
    """Status, content type and text."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept": accept}), timeout=10) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.headers["Content-Type"], answer.read().decode()
    except OSError:
        return 0, "", ""


@unittest.skipUnless(KAZASU.exists(), "build the programs first: make test")
class Metrics(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="kazasu-metrics-")
        cls.addClassCleanup(cls.folder.cleanup)
        folder = pathlib.Path(cls.folder.name)
        cls.port, cls.web, cls.prometheus = free_port(), free_port(), free_port()
        (folder / "town.yaml").write_text(TOWN.format(port=cls.port, metrics=cls.web))
        cls.start([KAZASU, "up", folder / "town.yaml"], folder / "up.txt")
        rules = {"rule_files": [str(RULES)], "scrape_configs": [{"job_name": "kazasu", "static_configs": [{"targets": [f"127.0.0.1:{cls.web}"]}]}]}
        rules["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
        (folder / "prometheus.yml").write_text(json.dumps(rules))
        cls.start(
            ["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/db", f"--web.listen-address=127.0.0.1:{cls.prometheus}"],
            folder / "prometheus.txt")
        cls.up = folder / "up.txt"

    @classmethod
    def start(cls, words, output):
        with open(output, "w") as file:
            process = subprocess.Popen([str(word) for word in words], stdout=file, stderr=file)

        def stop():
            process.send_signal(signal.SIGTERM)
            process.wait(20)

        cls.addClassCleanup(stop)

    def ask(self, query):
        """What Prometheus answers: a list of (labels, value)."""
        code, _, text = get(f"http://127.0.0.1:{self.prometheus}/api/v1/query?query={urllib.parse.quote(query)}")
        return [(one["metric"], float(one["value"][1])) for one in json.loads(text)["data"]["result"]] if code == 200 else []

    def test_prometheus_scrapes_a_town_and_the_rules_fire_and_clear(self):
        metrics = f"http://127.0.0.1:{self.web}"
        wait_for("the exporter's first word", lambda: get(f"{metrics}/metrics")[0] == 200)
        # pcscd does not run for this town's readers, or has none of these: the agent says so, and the rule for it asks for exactly that.
        wait_for("an agent's problem", lambda: self.ask('kazasu_problem{role="reader-agent"}'))
        wait_for("the broker's own figures", lambda: self.ask("kazasu_broker_clients_connected > 3"))
        for role in ["reader-agent", "lock-controller", "resident-directory"]:
            self.assertEqual([value for _, value in wait_for(role, lambda: self.ask(f'kazasu_process_up{{role="{role}"}} == 1'))], [1], role)
        self.assertEqual([value for _, value in self.ask("kazasu_broker_up")], [1])

        kind, text = get(f"{metrics}/metrics", "application/openmetrics-text;version=1.0.0")[1:]
        self.assertEqual(kind, "application/openmetrics-text; version=1.0.0; charset=utf-8")
        self.assertTrue(text.endswith("# EOF\n"))
        for secret in SECRETS:
            self.assertNotIn(secret, text)
        self.assertTrue(text.isascii())

        # The other format, which promtool reads, has no fault of form.
        old = get(f"{metrics}/metrics")[2]
        check = subprocess.run(["promtool", "check", "metrics"], input=old, capture_output=True, text=True)
        self.assertEqual((check.returncode, check.stdout + check.stderr), (0, ""))
        samples = {line for line in text.splitlines() if not line.startswith("#") and "timestamp" not in line and "broker" not in line}
        self.assertTrue({line.split("}")[0] for line in samples if "process_up" in line} <= {line.split("}")[0] for line in old.splitlines()})

        # Each rule's question can be asked, and those whose cause is here have an answer.
        rules = yaml.safe_load(RULES.read_text())["groups"][0]["rules"]
        groups = json.loads(get(f"http://127.0.0.1:{self.prometheus}/api/v1/rules")[2])["data"]["groups"]
        wait_for("an evaluation of every rule", lambda: all(rule["health"] == "ok" for rule in self.rules()))
        self.assertEqual(len(groups[0]["rules"]), len(rules))
        self.assertEqual(self.ask('kazasu_process_up{role="lock-controller"} == 0'), [])
        pending = wait_for("a rule that has begun to burn", lambda: [rule for rule in self.rules() if rule["state"] != "inactive" and "reader-agent" in str(rule["alerts"])])
        alert = pending[0]["alerts"][0]
        self.assertIn("gate-1", alert["annotations"]["summary"])
        self.assertIn(alert["labels"]["severity"], ["warning", "critical"])
        self.assertFalse("$labels" in str(alert))

        # A service that is killed again and again shows, in the figures and in the health of the town.
        def kill():
            found = [line for line in self.up.read_text().splitlines() if " lock-controller-main " in line and "process " in line]
            try:
                os.kill(int(found[-1].split()[-1]), signal.SIGKILL)
            except ProcessLookupError:
                pass
            return self.ask('kazasu_process_up{role="lock-controller"} == 0')

        wait_for("a service that is down", kill)
        status, _, text = get(f"{metrics}/health")
        self.assertIn(status, [200, 503])
        self.assertEqual(get(f"{metrics}/other")[0], 404)
        wait_for("its return", lambda: self.ask('kazasu_process_up{role="lock-controller"} == 1'))

    def rules(self):
        return json.loads(get(f"http://127.0.0.1:{self.prometheus}/api/v1/rules")[2])["data"]["groups"][0]["rules"]


class Deployed(unittest.TestCase):
    def test_the_rules_are_rules_and_the_dashboard_asks_what_prometheus_understands(self):
        check = subprocess.run(["promtool", "check", "rules", str(RULES)], capture_output=True, text=True)
        self.assertEqual(check.returncode, 0, check.stdout + check.stderr)
        dashboard = json.loads((ROOT / "deploy" / "grafana" / "kazasu.json").read_text())
        questions = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
        self.assertGreater(len(questions), 8)
        # Each as a rule of its own: promtool parses it as Prometheus does.
        with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
            rules = [{"record": f"question_{place}", "expr": question} for place, question in enumerate(questions)]
            file.write(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
            file.flush()
            check = subprocess.run(["promtool", "check", "rules", file.name], capture_output=True, text=True)
        self.assertEqual(check.returncode, 0, check.stdout + check.stderr)


if __name__ == "__main__":
    unittest.main()
