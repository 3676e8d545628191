// Keeps a school's list as it is, while the page is open: when the feed says that something has changed, and once a minute because a gate that falls silent
// says nothing. The list alone is fetched: what is being typed beside it stays. Needs live.js, which replaces #news.

const main = document.querySelector("main")
let seen = document.getElementById("news")?.dataset.at
let isFetching = false
let hasMore = false

/** The link or region of the list that has the focus, as something to be found again. */
function focusIn(list) {
  const here = document.activeElement
  if (!list.contains(here)) return () => {}
  const row = here.closest("[id]")?.id
  const place = row ? [...document.getElementById(row).querySelectorAll("a, [tabindex]")].indexOf(here) : -1
  return () => {
    const found = document.getElementById(row)?.querySelectorAll("a, [tabindex]")[place]
    found?.focus({ preventScroll: true })
  }
}

async function renew() {
  if (isFetching) { hasMore = true; return }
  isFetching = true
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" })
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("list")
    const old = document.getElementById("list")
    // A page that is another by now, a sign-in, is loaded.
    if (answer.redirected) location.reload()
    else if (answer.ok && fresh && old) {
      const focus = focusIn(old)
      old.replaceWith(fresh)
      focus()
    }
  } catch {
    // live.js says that the connection is lost.
  } finally {
    isFetching = false
    if (hasMore) { hasMore = false; renew() }
  }
}

main.addEventListener("changed", () => {
  const news = document.getElementById("news")?.dataset.at
  if (news === seen) return
  seen = news
  renew()
})
setInterval(renew, 60_000)
