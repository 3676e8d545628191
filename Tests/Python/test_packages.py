"""What the packages, units and containers are made of: every program in one package, every unit confined, nothing named that is not there."""

import pathlib
import re
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
DEBIAN = DEPLOY / "deb" / "debian"
TOOLS = {"contract", "simulate", "bench", "fuzz"}
"""Programs of the workshop, which no town has."""

HARDENING = {
    "User": "kazasu", "UMask": "0077", "NoNewPrivileges": "yes", "CapabilityBoundingSet": "", "ProtectSystem": "strict", "ProtectHome": "yes",
    "PrivateTmp": "yes", "DevicePolicy": "closed", "ProtectProc": "invisible", "ProtectClock": "yes", "ProtectKernelLogs": "yes",
    "ProtectKernelModules": "yes", "ProtectKernelTunables": "yes", "ProtectControlGroups": "yes", "MemoryDenyWriteExecute": "yes",
    "RestrictNamespaces": "yes", "RestrictSUIDSGID": "yes", "LockPersonality": "yes", "SystemCallArchitectures": "native",
    "RestrictAddressFamilies": "AF_UNIX AF_INET AF_INET6",
}


def unit(path):
    """Sections of keys, each with all of its values; a line that is neither raises."""
    sections, section = {}, None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        if heading := re.fullmatch(r"\[(Unit|Service|Install|Timer)\]", line):
            section = sections.setdefault(heading[1], {})
        elif (entry := re.fullmatch(r"([A-Z][A-Za-z]+)=(.*)", line)) and section is not None:
            section.setdefault(entry[1], []).append(entry[2])
        else:
            raise ValueError(f"{path}:{number}: {line}")
    return sections


def executables():
    """Of Package.swift, by both of its ways to make one."""
    text = (ROOT / "Package.swift").read_text()
    return set(re.findall(r'\.executableTarget\(\s*name: "([a-z-]+)"', text)) | set(re.findall(r'service\(\s*"\w+", program: "([a-z-]+)"', text))


def installed():
    """(program, package) of each line that installs one."""
    return [
        (program, path.stem) for path in sorted(DEBIAN.glob("*.install"))
        for program in re.findall(r"^programs/(\S+) usr/lib/kazasu$", path.read_text(), re.MULTILINE)]


class PackagesTest(unittest.TestCase):
    def test_each_program_once(self):
        programs = executables() - TOOLS
        self.assertIn("kazasu", programs)
        self.assertEqual(sorted(program for program, _ in installed()), sorted(programs))
        self.assertEqual([package for program, package in installed() if program == "reader-agent"], ["kazasu-reader"])

    def test_files_and_packages(self):
        """Every package is described, and everything it installs is made or lies in deploy."""
        control = (DEBIAN / "control").read_text()
        packages = set(re.findall(r"^Package: (\S+)$", control, re.MULTILINE))
        for path in DEBIAN.glob("kazasu*.*"):
            self.assertIn(path.stem, packages, path.name)
        for path in DEBIAN.glob("*.install"):
            for source in re.findall(r"^(systemd/\S+)", path.read_text(), re.MULTILINE):
                self.assertTrue((DEPLOY / source).is_file(), f"{path.name}: {source}")
        shipped = "".join(path.read_text() for path in DEBIAN.glob("*.install"))
        for path in (DEPLOY / "systemd").iterdir():
            self.assertEqual(shipped.count(f"systemd/{path.name} "), 1, path.name)

    def test_the_towns_own_file_is_nobodys(self):
        """What no package holds, no upgrade overwrites."""
        for path in DEBIAN.iterdir():
            if path.suffix in (".install", ".conffiles", ".docs"):
                self.assertNotIn("etc/kazasu", path.read_text(), path.name)


class UnitsTest(unittest.TestCase):
    def test_confined(self):
        service = unit(DEPLOY / "systemd" / "hardening.conf")["Service"]
        for key, value in HARDENING.items():
            self.assertEqual(service.get(key), [value], key)
        self.assertEqual(service["SystemCallFilter"], ["@system-service", "~@privileged @resources", "capset"])

    def test_services(self):
        names = {path.name: unit(path) for path in (DEPLOY / "systemd").glob("*.service")}
        self.assertEqual(len(names), 5)
        for name, sections in names.items():
            self.assertTrue(name.startswith("kazasu-"), f"{name} would not be confined: the rules are those of kazasu-*")
            self.assertEqual(set(sections["Service"]) & set(HARDENING), set(), f"{name} has rules of its own")
            program = sections["Service"]["ExecStart"][0].split()[0].removeprefix("/usr/lib/kazasu/")
            self.assertIn(program, dict(installed()), name)
            if name != "kazasu-doctor.service":
                self.assertEqual((sections["Service"]["Type"], sections["Service"]["Restart"]), (["exec"], ["always"]), name)

    def test_timer(self):
        self.assertIn("OnCalendar", unit(DEPLOY / "systemd" / "kazasu-doctor.timer")["Timer"])


class ContainersTest(unittest.TestCase):
    def setUp(self):
        self.services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]

    def test_names_what_is_there(self):
        packages = set(re.findall(r"^Package: (\S+)$", (DEBIAN / "control").read_text(), re.MULTILINE))
        for name, service in self.services.items():
            recipe = (ROOT / service["build"]["dockerfile"]).read_text()
            self.assertIn(re.search(r'ENTRYPOINT \["/usr/lib/kazasu/([a-z-]+)"', recipe)[1], dict(installed()), name)
            used = set(re.findall(r"/packages/(kazasu-[a-z]+)_", recipe))
            self.assertTrue(used and used <= packages, f"{name}: {used}")
            self.assertIn("USER kazasu", recipe, name)

    def test_confined(self):
        for name, service in self.services.items():
            self.assertEqual((service["read_only"], service["cap_drop"]), (True, ["ALL"]), name)


if __name__ == "__main__":
    unittest.main()
