// Registers the worker that keeps public pages for when the network is away, and says so of a page that comes from there.
//
// <p id="saved" class="banner saved" data-text="Saved at {time}: the network cannot be reached" hidden></p>

const saved = document.documentElement.dataset.saved
const banner = document.getElementById("saved")

if (saved && banner) {
  const language = document.documentElement.lang
  const form = { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }
  banner.textContent = banner.dataset.text.replace("{time}", new Date(saved).toLocaleString(language, form))
  banner.hidden = false
}

navigator.serviceWorker?.register("/worker.js")
