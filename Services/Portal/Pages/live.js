// Keeps a page as it is at the server, while the page is open. Without this script the page is simply as old as its load.
//
// <main data-feed="/events/shelters?after=1234" data-patience="40">   what is newer than `after`, the server sends at once
// <p id="stale" class="banner stale" role="alert" data-text="Not renewed since {time}" hidden></p>
// <p id="said" class="spoken" role="status"></p>
//
// Events: `piece` {"id", "html", "say"?}  the element with that id is replaced by html, which the server has escaped; say is read out
//         `page`                          the whole page is loaded anew, within three seconds: not all viewers at once
//         `beat`                          nothing is new; a feed that is silent for longer than `data-patience` (seconds) is taken for lost
//
// A lost feed is opened again after 1 s, 2 s, 4 s … 30 s, each drawn between half and the whole. Once it is back the page is fetched again, so that
// nothing that was missed stays. Elements with `data-keep` and an id stay as they are then: a map, a form that is being filled in.
// After each change `main` has a `changed` event.

const main = document.querySelector("main[data-feed]")
const focusable = "a[href], button, input, select, textarea, summary, [tabindex]"
const sayEvery = 10_000
let feed = null
let heard = Date.now()
let opened = heard
let failures = 0
let retry = null
// What is shown may be older than what a new feed begins with: given by the worker, or by the browser for "back".
let isBehind = Boolean(document.documentElement.dataset.saved) || performance.getEntriesByType("navigation")[0]?.type === "back_forward"
let waiting = null      // pieces that arrived while the page was fetched

/** The element that has the focus within another, as something that can be found again in its successor. */
function focusWithin(old) {
  const here = document.activeElement
  if (!old.contains(here)) return () => {}
  const index = [...old.querySelectorAll(focusable)].indexOf(here)
  const typed = "value" in here && here.type !== "checkbox" && here.type !== "radio" ? here.value : null
  return (fresh) => {
    const all = [...fresh.querySelectorAll(focusable)]
    const found = (here.id && all.concat(fresh).find((each) => each.id === here.id)) || (index < 0 ? fresh : all[index])
    if (typed !== null && found && "value" in found) found.value = typed
    found?.focus({ preventScroll: true })
  }
}

function replace({ id, html, say }) {
  const old = document.getElementById(id)
  if (!old || !main.contains(old)) return
  const template = document.createElement("template")
  template.innerHTML = html
  const fresh = template.content.firstElementChild
  if (!fresh) return
  const focus = focusWithin(old)
  old.replaceWith(fresh)
  focus(fresh)
  if (say) announce(id, say)
  main.dispatchEvent(new Event("changed"))
}

const unsaid = new Map()
let lastSaid = -sayEvery
let saying = null

/** Reads out what changed, at most every ten seconds; of one thing the newest alone. */
function announce(id, words) {
  unsaid.set(id, words)
  saying ??= setTimeout(() => {
    document.getElementById("said").textContent = [...unsaid.values()].join(" ")
    unsaid.clear()
    lastSaid = performance.now()
    saying = null
  }, Math.max(0, lastSaid + sayEvery - performance.now()))
}

function lost() {
  feed?.close()
  feed = null
  showStale()
  isBehind = true
  const longest = Math.min(30_000, 1000 * 2 ** failures++)
  clearTimeout(retry)
  retry = setTimeout(open, longest * (0.5 + Math.random() / 2))
}

function showStale() {
  const stale = document.getElementById("stale")
  // A page that says when it was saved needs no second time.
  if (!stale?.hidden || document.documentElement.dataset.saved) return
  const time = new Date(heard).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })
  stale.textContent = stale.dataset.text.replace("{time}", time)
  stale.hidden = false
}

/** The page as the server has it now, in place of what is shown. A page that is another by now, a sign-in, is loaded. */
async function refresh() {
  waiting = []
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" })
    if (!answer.ok) return false
    const page = new DOMParser().parseFromString(await answer.text(), "text/html")
    const fresh = page.querySelector("main[data-feed]")
    if (answer.redirected || !fresh) { location.reload(); return false }
    // The worker gave the page it had kept: the server was not reached.
    if (page.documentElement.dataset.saved) return false
    for (const kept of main.querySelectorAll("[data-keep][id]")) fresh.querySelector("#" + CSS.escape(kept.id))?.replaceWith(kept)
    const focus = focusWithin(main)
    main.replaceChildren(...fresh.childNodes)
    main.dataset.feed = fresh.dataset.feed
    focus(main)
    main.dispatchEvent(new Event("changed"))
    return true
  } catch {
    return false
  } finally {
    const pieces = waiting
    waiting = null
    pieces.forEach(replace)
  }
}

function open() {
  const mine = feed = new EventSource(main.dataset.feed)
  opened = Date.now()
  const on = (name, act) => feed.addEventListener(name, (event) => { if (feed === mine) { heard = Date.now(); act(event) } })
  on("open", async () => {
    if (isBehind) {
      const isFresh = await refresh()
      if (feed !== mine) return
      if (!isFresh) return lost()
      isBehind = false
      delete document.documentElement.dataset.saved
      for (const banner of document.querySelectorAll("#stale, #saved")) banner.hidden = true
    }
    failures = 0
  })
  on("beat", () => {})
  on("piece", (event) => { const piece = JSON.parse(event.data); if (waiting) waiting.push(piece); else replace(piece) })
  on("page", () => setTimeout(() => location.reload(), Math.random() * 3000))
  feed.onerror = () => { if (feed === mine) lost() }
}

if (main) {
  const patience = 1000 * (main.dataset.patience ?? 40)
  const isSilent = () => { if (feed && Date.now() - Math.max(heard, opened) > patience) lost() }
  setInterval(isSilent, Math.min(5000, patience))
  document.addEventListener("visibilitychange", isSilent)
  // A page that is left may be kept by the browser, for "back"; its feed is not.
  addEventListener("pagehide", () => { feed?.close(); feed = null; clearTimeout(retry) })
  addEventListener("pageshow", (event) => { if (event.persisted) lost() })
  open()
}
