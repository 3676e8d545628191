// Keeps public pages and what they need for when the network is away (a service worker, w3.org/TR/service-workers).
//
// Kept is only what the server calls public, `Cache-Control: public`: never a page of somebody who has signed in, never events, never another host's.
// The network is asked first. After three seconds, or when it is away, what was kept is given; such a page carries the time it was saved in
// <html data-saved>, which offline.js shows.

const store = "kazasu-1"
const patience = 3000
const always = [
  "/portal.css", "/live.js", "/map.js", "/search.js", "/offline.js", "/manifest.webmanifest", "/icon.svg",
  "/lib/leaflet/leaflet.esm.min.js", "/lib/leaflet/leaflet.css", "/outline.geojson",
]

/** The word `public` among the directives (RFC 9111, 5.2.2). */
function isPublic(answer) {
  const words = (answer.headers.get("Cache-Control") ?? "").toLowerCase().split(",").map((word) => word.trim())
  return answer.status === 200 && answer.type === "basic" && !answer.redirected && words.includes("public") && !words.includes("no-store")
}

async function fetchAndKeep(request) {
  const answer = await fetch(request)
  const cache = await caches.open(store)
  if (isPublic(answer)) await cache.put(request, answer.clone())
  // A page that is public no longer, or is gone, is not shown to the next one offline.
  else if (answer.type === "basic" && answer.status < 500) await cache.delete(request)
  return answer
}

/** A kept page with the moment the server made it. */
async function marked(answer) {
  if (!answer.headers.get("Content-Type")?.startsWith("text/html")) return answer
  const time = new Date(answer.headers.get("Date") ?? 0).toISOString()
  const headers = new Headers(answer.headers)
  headers.delete("Content-Length")
  headers.delete("Content-Encoding")
  return new Response((await answer.text()).replace("<html", `<html data-saved="${time}"`), { status: 200, headers })
}

async function answer(request, arriving) {
  const late = new Promise((resolve) => setTimeout(resolve, patience))
  const first = await Promise.race([arriving.catch(() => null), late])
  if (first) return first
  const kept = await (await caches.open(store)).match(request)
  return kept ? marked(kept) : arriving
}

self.addEventListener("install", (event) => {
  // The pages that are open already came before there was a worker.
  const keep = async () => {
    const windows = await self.clients.matchAll({ includeUncontrolled: true, type: "window" })
    const wanted = [...always, ...windows.map((window) => window.url.split("#")[0])]
    await Promise.allSettled(wanted.map((url) => fetchAndKeep(new Request(url))))
  }
  event.waitUntil(keep().then(() => self.skipWaiting()))
})

self.addEventListener("activate", (event) => {
  const tidy = async () => {
    for (const name of await caches.keys()) if (name !== store) await caches.delete(name)
    await self.clients.claim()
  }
  event.waitUntil(tidy())
})

self.addEventListener("fetch", (event) => {
  const { request } = event
  if (request.method !== "GET" || new URL(request.url).origin !== location.origin) return
  if (request.headers.get("Accept")?.includes("text/event-stream")) return
  const arriving = fetchAndKeep(request)
  event.waitUntil(arriving.catch(() => {}))
  event.respondWith(answer(request, arriving))
})

// What the notifier pushes (w3.org/TR/push-api): {"subject", "body", "id"}. A browser wants something shown for each.
self.addEventListener("push", (event) => {
  let told = {}
  try { told = event.data?.json() ?? {} } catch {}
  const { subject, body, id } = told
  event.waitUntil(self.registration.showNotification(subject || "お知らせ", { body: body ?? "", tag: id, icon: "/icon.svg" }))
})

/** The page of whoever was told, where it is open; else it is opened. */
async function showOwnPage() {
  const windows = await self.clients.matchAll({ type: "window" })
  const open = windows.find((window) => /^\/(ja|easy|en)\/family\//.test(new URL(window.url).pathname))
  if (open) return open.focus()
  return self.clients.openWindow(`/${navigator.language.startsWith("ja") ? "ja" : "en"}/family`)
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close()
  event.waitUntil(showOwnPage())
})
