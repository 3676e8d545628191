"""From the bus to the screen: a shelter's number changes, and a card is held at a desk."""
import random
import socket
import threading
import time

from card import Card
from figures import Occupancy, after, client, first_after, milliseconds, open_shelter, say
from hand import Hand

# Wall-clock seconds at which what has changed within an element was painted: the message comes after the frame.
PAINTED = """
window.painted = []
const channel = new MessageChannel()
channel.port1.onmessage = (event) => painted.push([(performance.timeOrigin + performance.now()) / 1000, event.data])
new MutationObserver(() => requestAnimationFrame(() => channel.port2.postMessage(document.querySelector(arguments[1])?.innerText ?? "")))
  .observe(document.querySelector(arguments[0]), {childList: true, subtree: true})"""


class Listener:
    """A plain socket that hears a feed; when each piece came."""

    def __init__(self, port, path):
        self.pieces = []
        self.line = socket.create_connection(("127.0.0.1", port))
        self.line.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        self.line.recv(65536)
        threading.Thread(target=self.hear, daemon=True).start()

    def hear(self):
        while part := self.line.recv(65536):
            self.pieces += [time.time()] * part.count(b"event: piece")

    def close(self):
        self.line.shutdown(socket.SHUT_RDWR)
        self.line.close()


def pixel(town, browser, changes):
    say(f"{changes} changes of a shelter: bus to screen")
    drawn = random.Random(1)
    open_shelter(town, "pixel")
    occupancy = Occupancy(town, "pixel")
    browser.open(town.own + "/ja/shelters")
    browser.listens("/events/shelters")
    browser.js(PAINTED, "#shelters", "#shelter-pixel .state")
    listener = Listener(town.web, "/events/shelters/ja")
    published = []
    for _ in range(changes):
        # Not in step with the frames of the screen.
        time.sleep(0.2 + drawn.uniform(0, 0.05))
        published.append(time.time())
        occupancy.say()
    time.sleep(1)
    listener.close()
    occupancy.close()
    painted = [at for at, _ in browser.js("return window.painted")]
    return [milliseconds(f"bus event to pixel ({changes} changes; floor: to the event at a socket)",
                         *[after(published, first_after(published, times)) for times in (painted, listener.pieces)], "p99 300 ms")]


def desk(town, browser, taps):
    say(f"{taps} cards at a desk: reader to screen")
    open_shelter(town, "s01")
    hand = Hand(town, "shelter-1/reader-1", "shelter:s01")
    people = [(Card(number), name) for number, name in enumerate(("長井 花子", "長井 太郎"), 1)]
    for card, name in people:
        hand.enrol(card, name=name, reading="ナガイ", born="S29.3.1" if card.number == 1 else "H28.4.2", household="77", district="宮前")
    ear = client(town, "shelter-registry-main", "nagai/reader-agent/event/shelter-1/tap")
    heard = []
    ear.client.on_message = lambda *_: heard.append(time.time())
    town.sign_in(browser, "sato")
    browser.open(town.own + "/ja/desk/s01?reader=shelter-1/reader-1")
    browser.listens("/events/desk/")
    browser.js(PAINTED, "main", "#desk-screen :checked + span strong")
    held, shown = [], []
    for number in range(taps):
        card, name = people[number % 2]
        held.append(time.time())
        hand.hold(card)
        time.sleep(0.7)
        hand.lift()
        seen = browser.js("return window.painted")
        shown.append(next((at for at, text in seen if at > held[-1] and name in text), None))
        if shown[-1] is None:
            raise SystemExit(f"card {number + 1} of {taps} brought nobody to the screen: {seen[-3:]}; {town.last_words()}")
        time.sleep(0.3)
    hand.rest()
    ear.close()
    return [milliseconds(f"card at a reader to person on the desk's screen ({taps} cards, real pcscd; floor: to its tap on the bus)",
                         after(held, shown), after(held, first_after(held, heard)), "p99 300 ms")]
