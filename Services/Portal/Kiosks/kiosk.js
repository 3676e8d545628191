// A kiosk's clock, its sounds, and an end of each screen of its own, for when the server cannot be reached.
//
// <section id="kiosk-lobby" class="idle">… <p class="clock" data-offset="540">         the town's time, so many minutes ahead of UTC
// <section id="kiosk-lobby" class="said granted" data-stays="8000" data-sound="granted">   ends after so many milliseconds
// <section id="kiosk-lobby" class="own" data-stays="15000">… <form><button>                a card's own; the button ends it

import { play } from "./sound.js"

const main = document.querySelector("main")
const button = document.getElementById("sound")
const face = () => main.querySelector("[id^=kiosk-]")
// A page that is loaded shows the idle face.
const idle = face().cloneNode(true)
let end = null

function tick() {
  const clock = main.querySelector(".clock")
  if (clock) clock.textContent = new Date(Date.now() + clock.dataset.offset * 60_000).toISOString().slice(11, 16)
}

function rest() {
  clearTimeout(end)
  face().replaceWith(idle.cloneNode(true))
  tick()
}

main.addEventListener("changed", () => {
  clearTimeout(end)
  const stays = face()?.dataset.stays
  if (stays) end = setTimeout(rest, stays)
  tick()
})
// Whoever has done: here at once, and at the server, for another screen of this kiosk shows the same.
main.addEventListener("submit", (event) => {
  event.preventDefault()
  fetch(event.target.action, { method: "POST", redirect: "manual" }).catch(() => {})
  rest()
})
// Nothing is left for "back".
addEventListener("pagehide", rest)
setInterval(tick, 1000)
tick()

button.hidden = false
button.addEventListener("click", () => { play("granted"); button.hidden = true })
