# Two commands do everything for a newcomer: make demo, make test. The rest is for those who work on it.

PACKAGES = mosquitto mosquitto-clients libmosquitto-dev libsqlite3-dev libpcsclite-dev pcscd libssl-dev libyaml-dev \
           libcurl4-openssl-dev libmicrohttpd-dev libqrencode-dev libjs-leaflet libjs-chart.js prometheus python3-aiosmtpd glpk-utils openssl restic age nftables libfaketime pkg-config python3 python3-paho-mqtt python3-jwt python3-cryptography python3-jsonschema python3-yaml
SUDO    := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
SWIFT   := swift
CHECKED  = --explicit-target-dependency-import-check error
SOURCES  = Package.swift Shared Services Devices Tests
SEEDS   ?= 1000
T       ?= 60

.PHONY: help setup build demo test lint format bench simulate chaos fuzz mutate contract contract-pages contract-release home-assistant-test deb deb-test mixed-test restore-bench browser browser-test portal-bench clean

help:
	@echo "make demo      a town on this machine: cards, readers, broker, doors; ends with a proof"
	@echo "make test      every test (about ten minutes on two slow cores)"
	@echo "make setup     installs the Debian packages it needs; make build   the programs, in .build/release"
	@echo "make lint      format and house rules;  make format   mends the format"
	@echo "make simulate  SEEDS=1000 mornings of a simulated town; SEED=8271 one again, with its timeline"
	@echo "make chaos     T=60 seconds of kill -9, cut wires and full disks for the real programs; SEED=8271 draws the same faults"
	@echo "make fuzz      T=60 seconds of bytes nobody would send, to every reader of bytes from outside"
	@echo "make mutate    breaks the code on purpose, one defect at a time, and says which test noticed; ONLY=words of its name"
	@echo "make contract  the published contract: as the source says, valid, breaking nothing; make contract-pages writes it"
	@echo "make home-assistant-test   doors in a real Home Assistant; installs one for itself, some 400 MB"
	@echo "make deb       Debian packages of this commit, in .build/deb;  make deb-test   installs them on a fresh Debian, until a card opens a door"
	@echo "make mixed-test   programs of the last published contract and of now on one bus"
	@echo "make browser-test   the portal's pages in a real browser, on a real town; installs chromium, nginx and checkers for itself, some 600 MB"
	@echo "make portal-bench   the portal's figures beside floors of the same run: bus to screen, card to desk, viewers, rosters, requests"
	@echo "make restore-bench   how long a town of 30,000 people takes to be backed up and put back"
	@echo "make bench     throughput, latency and memory beside the bare broker and a Python peer, in one run; bench/results.json"

# Installs only what is missing, so that it asks for a password at most once.
setup:
	@command -v $(SWIFT) >/dev/null || { echo "make setup: no Swift here. Install the Swift 6.3 toolchain (swift.org/install) and put it on the PATH." >&2; exit 1; }
	@command -v dpkg >/dev/null || { echo "make setup: this is not Debian. Install what these packages hold, then: make build. $(PACKAGES)" >&2; exit 1; }
	@missing=$$(for p in $(PACKAGES); do dpkg-query -W -f '$${db:Status-Abbrev}' $$p 2>/dev/null | grep -q '^ii' || echo $$p; done); \
	if [ -n "$$missing" ]; then \
	  echo "installing: $$missing"; \
	  $(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	fi
	@[ -d /run/pcscd ] || $(SUDO) mkdir -p /run/pcscd

build:
	$(SWIFT) build -c release $(CHECKED)

demo: setup build
	.build/release/kazasu demo

test: setup
	$(SWIFT) build --build-tests $(CHECKED)
	$(SWIFT) test --skip-build
	/usr/bin/python3 -W ignore -m unittest discover -s Tests/Python

lint: setup
	$(SWIFT) format lint --strict --parallel --recursive $(SOURCES)
	/usr/bin/python3 -m compileall -q Devices Tests/MailTests Tests/Python Tests/HomeAssistant Tests/Bench Tests/Browser Tests/Chaos Tests/Install Tests/Mutation

format:
	$(SWIFT) format --in-place --parallel --recursive $(SOURCES)

simulate: setup
	$(SWIFT) build -c release --product simulate
	.build/release/simulate --morning $(if $(SEED),--seed $(SEED),$(SEEDS))

chaos: setup build
	/usr/bin/python3 Tests/Chaos/chaos.py --seconds $(T) $(if $(SEED),--seed $(SEED)) $(if $(JSON),--json)

mutate: setup
	/usr/bin/python3 Tests/Mutation/mutate.py $(if $(ONLY),--only "$(ONLY)")

# Against the source, against the last release, and by a validator that knows nothing of ours. `make test` holds the same.
contract: setup
	$(SWIFT) build --product contract
	.build/debug/contract check
	cd Tests/Python && /usr/bin/python3 -W ignore -m unittest test_contract

contract-pages:
	$(SWIFT) build --product contract
	.build/debug/contract write

# What is published from now on: later changes must not break it.
contract-release: contract-pages
	.build/debug/contract release

# The last Home Assistant for Debian 12's Python 3.11, and what its MQTT integration asks for.
HOME_ASSISTANT = homeassistant==2024.3.3 paho-mqtt==1.6.1 janus==1.0.0 aiohttp_cors==0.7.0 aiohttp-fast-url-dispatcher==0.3.0 aiohttp-zlib-ng==0.3.1

home-assistant-test: setup build
	@[ -x .build/home-assistant/bin/hass ] || { python3 -m venv .build/home-assistant && .build/home-assistant/bin/pip install --quiet $(HOME_ASSISTANT); }
	cd Tests/HomeAssistant && ../../.build/home-assistant/bin/python -W ignore -m unittest test_home_assistant

BROWSER = chromium chromium-driver zbar-tools poppler-utils nginx caddy fonts-noto-cjk curl openssl python3-venv

browser: setup build
	@missing=$$(for p in $(BROWSER); do dpkg-query -W -f '$${db:Status-Abbrev}' $$p 2>/dev/null | grep -q '^ii' || echo $$p; done); \
	if [ -n "$$missing" ]; then \
	  echo "installing: $$missing"; \
	  $(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	fi

# axe-core for what people cannot see, schemathesis for what programs are told.
browser-test: browser
	@[ -x .build/browser-env/bin/schemathesis ] || { python3 -m venv .build/browser-env && .build/browser-env/bin/pip install -q --no-deps axe-playwright-python==0.1.8 && .build/browser-env/bin/pip install -q schemathesis==4.32.5; }
	KAZASU_PROGRAMS=.build/release /usr/bin/python3 -W ignore -m unittest discover -s Tests/Browser -t Tests/Browser

portal-bench: browser
	KAZASU_PROGRAMS=$(or $(KAZASU_PROGRAMS),.build/release) /usr/bin/python3 -W ignore Tests/Browser/bench/portal_bench.py $(if $(ONLY),--only $(ONLY))

fuzz: setup
	Tests/Fuzz/run.sh $(T) $(TARGETS)

bench: setup build
	mkdir -p bench
	.build/release/bench --write bench

deb: setup
	@command -v dh >/dev/null || $(SUDO) apt-get install -y -qq --no-install-recommends debhelper fakeroot >/dev/null
	deploy/deb/build.sh

# As root: it boots a Debian in namespaces of its own, which end with it. The first run fetches that Debian, into .build/deb-test.
deb-test: deb
	@command -v mmdebstrap >/dev/null || $(SUDO) apt-get install -y -qq --no-install-recommends mmdebstrap >/dev/null
	OUT=.build/deb-next VERSION="$$(dpkg-deb -f .build/deb/kazasu-common_*.deb Version)+next" deploy/deb/build.sh >/dev/null
	mkdir -p .build/deb-test
	clang -shared -fPIC -O2 -IDevices/IFDHandler/include $$(pkg-config --cflags libpcsclite) -o .build/deb-test/libifdkazasu.so Devices/IFDHandler/ifd_kazasu.c
	$(SUDO) /usr/bin/python3 Tests/Install/install_test.py .build/deb .build/deb-next

# The oldest programs that speak the contract which was published last (80d09e5) and whose databases are read: until b6051a8 first migrations were
# edited where they stood.
PREVIOUS ?= b6051a8

mixed-test: setup build
	mkdir -p .build/previous/$(PREVIOUS) && git archive $(PREVIOUS) | tar -x -C .build/previous/$(PREVIOUS)
	for program in kazasu reader-agent lock-controller; do $(SWIFT) build --package-path .build/previous/$(PREVIOUS) --product $$program || exit 1; done
	/usr/bin/python3 Tests/Install/mixed_test.py .build/previous/$(PREVIOUS)/.build/debug .build/release

restore-bench: setup build
	/usr/bin/python3 Tests/Bench/restore.py

clean:
	rm -rf .build
