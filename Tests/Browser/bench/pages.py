"""Pages that are asked for: a roster, and the public page by many at once."""
import http.client
import os
import random
import select
import socket
import subprocess
import tempfile
import time

from browser import Browser
from figures import Figure, milliseconds, open_shelter, quantiles, say
from proxy import NAME, NGINX, believed, certify, start_nginx
from town import free_port, wait_for

SYLLABLES = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワ"


def roster(town, browser, people, times=31):
    say(f"{people} people come to a shelter by the list")
    for shelter, count in (("roster", people), ("fifty", 50)):
        open_shelter(town, shelter, people)
        file = town.folder / f"{shelter}.csv"
        file.write_text("\n".join(forms(count)) + "\n", encoding="utf-8")
        done = subprocess.run(town.command("shelter", "paper", shelter, file, "--enter", "--even-if-similar"), capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"kazasu shelter paper: {done.stderr[-500:]}")
    say("the roster")
    town.sign_in(browser, "sato")
    figures = [[fetch(town, f"/ja/desk/{shelter}/roster") for _ in range(times)] for shelter in ("roster", "fifty")]
    (first, size, lines), _ = figures[0][0], figures[1][0]
    if lines < people:
        raise SystemExit(f"the roster has {lines} lines of {people}")
    return [milliseconds(f"roster of {people} ({size / 1000:.0f} KB, {times} times; floor: one of 50, which is one question)",
                         *[[seconds for seconds, _, _ in each] for each in figures], "200 ms")]


def forms(count):
    """What was written on paper, as `kazasu shelter paper` reads it: a morning at which they came one after another."""
    drawn = random.Random(7)
    now = time.strftime("%m/%d %H:%M", time.gmtime(time.time() + 9 * 3600 - 60))
    yield "用紙,行,動き,日時,氏名,ふりがな,性別,年齢,住所地区,滞在区分,番号"
    for number in range(count):
        family, given = ("".join(drawn.choice(SYLLABLES) for _ in range(3)) for _ in range(2))
        facts = f"{family} {given},{family} {given},{drawn.choice('男女')},{drawn.randint(0, 99)},宮前"
        yield f"b-{number // 20 + 1},{number % 20 + 1},入,{now},{facts},,"


def fetch(town, path):
    """Seconds, bytes, and how many lines of people the page has."""
    began = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", town.web, timeout=60)
    connection.request("GET", path, headers={"Cookie": f"__Host-kazasu={town.cookies['sato']}"})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise SystemExit(f"{path}: {answer.status}")
    return time.monotonic() - began, len(body), body.count(b"<tr")


def rate(town, _, requests, connections=16):
    say(f"{requests} requests of the public page over {connections} connections")
    path = "/ja/shelters"
    for number in range(20):
        town.kazasu("shelter", "add", f"page-{number}", f"第{number}小学校", "--position", f"38.1,140.0{number:02}", "--district", "宮前")
    page = http.client.HTTPConnection("127.0.0.1", town.web)
    page.request("GET", path)
    body = page.getresponse().read()
    page.close()
    own = ask(town.web, path, requests, connections)
    floor = beside(body, requests, connections) if os.path.exists(NGINX) else None
    name = f"requests of a public page ({len(body) / 1000:.0f} KB, {connections} connections; floor: nginx, a file of that size)"
    if not floor:
        return [Figure(name, f"{own[0]:,.0f} /s", floor="no nginx")]
    return [Figure(name, f"{own[0]:,.0f} /s", floor=f"{floor[0]:,.0f} /s"), milliseconds("  each", own[1], floor[1])]


def weight(town, _, visits):
    """The list of shelters with its map, by whoever comes the first time from a phone, through nginx as deploy/proxy has it."""
    if not os.path.exists(NGINX):
        return [Figure("the public page through nginx", "no nginx")]
    say(f"the public page at 400 kbit/s, {visits} visitors")
    with tempfile.TemporaryDirectory(prefix="kazasu-weight-") as folder:
        os.chmod(folder, 0o755)
        port = free_port()
        certify(folder)
        proxy = start_nginx(folder, port, free_port(), town.web)
        try:
            wait_for("nginx's port", lambda: answers(port))
            slow, fast = [[visit(believed(folder, port), is_slow) for _ in range(visits)] for is_slow in (True, False)]
        finally:
            proxy.terminate()
            proxy.wait(20)
    size = max(size for size, _ in slow)
    return [Figure("the public page with its map, on the wire, before tiles", f"{size / 1000:.1f} KB", asked="60 KB"),
            Figure(f"  usable at 400 kbit/s and 150 ms ({visits} visitors; floor: this machine's own line)",
                   *quantiles([seconds for _, seconds in slow]), *quantiles([seconds for _, seconds in fast]), "2 s")]


def visit(flags, is_slow):
    """Bytes and seconds until the page is painted and its modules have run, in a browser that knows nothing yet."""
    stranger = Browser("phone", "ja", *flags)
    try:
        if is_slow:
            stranger.slow()
        # What is kept for when the network is away comes after the page, and is no part of it.
        stranger.cdp("Network.enable")
        stranger.cdp("Network.setBlockedURLs", urls=["*/offline.js"])
        stranger.transferred()
        stranger.open(f"https://{NAME}/ja/shelters")
        seconds = stranger.usable() / 1000
        stranger.until("document.querySelector('.leaflet-container')", 60)
        return stranger.transferred(), seconds
    finally:
        stranger.stop()


def ask(port, path, requests, connections):
    """Requests a second, and the seconds of each. One client on one core, whose own time is in both."""
    lines, began, buffers, times = {}, {}, {}, []
    question = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    poll = select.epoll()
    start = time.monotonic()
    for _ in range(connections):
        line = socket.create_connection(("127.0.0.1", port))
        poll.register(line.fileno(), select.EPOLLIN)
        lines[line.fileno()], buffers[line.fileno()], began[line.fileno()] = line, b"", time.monotonic()
        line.sendall(question)
    asked = connections
    while len(times) < requests:
        for number, _ in poll.poll():
            buffers[number] += lines[number].recv(262144)
            head, end, body = buffers[number].partition(b"\r\n\r\n")
            if not end or len(body) < int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0]):
                continue
            if not head.startswith(b"HTTP/1.1 200"):
                raise SystemExit(f"{path}: {head[:40]}")
            now = time.monotonic()
            times.append(now - began[number])
            if asked < requests:
                asked += 1
                buffers[number], began[number] = b"", now
                lines[number].sendall(question)
    taken = time.monotonic() - start
    for line in lines.values():
        line.close()
    return requests / taken, times


def beside(body, requests, connections):
    """The same asked of nginx, which has it as a file."""
    with tempfile.TemporaryDirectory(prefix="kazasu-floor-") as folder:
        port = free_port()
        with open(f"{folder}/page.html", "wb") as file:
            file.write(body)
        os.chmod(folder, 0o755)
        with open(f"{folder}/nginx.conf", "w", encoding="utf-8") as file:
            file.write(f"daemon off; worker_processes 1; pid {folder}/pid; events {{}}\n"
                       f"http {{ access_log off; keepalive_requests 1000000; sendfile on; server {{ listen 127.0.0.1:{port}; root {folder}; }} }}\n")
        server = subprocess.Popen([NGINX, "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf"], stderr=subprocess.DEVNULL)
        try:
            wait_for("nginx's port", lambda: answers(port))
            return ask(port, "/page.html", requests, connections)
        finally:
            server.terminate()
            server.wait(20)


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
