// Has this browser told things when the page is closed, or no longer (w3.org/TR/push-api). What the browser hands out goes into the form, which is sent as any other.
//
// <form id="push" data-key="BASE64URL" data-denied="…" data-failed="…" hidden>endpoint, p256dh, auth, remove; #push-on, #push-off</form>
// <p id="push-said" role="status"></p>

const form = document.getElementById("push")

function send(subscription, remove) {
  const { endpoint, keys } = subscription.toJSON()
  for (const [name, value] of Object.entries({ endpoint, ...keys, remove })) if (form.elements[name]) form.elements[name].value = value
  form.submit()
}

async function subscribe(worker) {
  // Asked for first: a browser shows its question for as long as the press of a button is fresh.
  if (await Notification.requestPermission() !== "granted") throw new Denied()
  const wish = { userVisibleOnly: true, applicationServerKey: form.dataset.key }
  const { pushManager } = await worker
  try {
    return await pushManager.subscribe(wish)
  } catch (error) {
    if (error.name !== "InvalidStateError") throw error
    // Subscribed to a key that the town has no longer.
    await (await pushManager.getSubscription())?.unsubscribe()
    return pushManager.subscribe(wish)
  }
}

class Denied extends Error {}

if (form && navigator.serviceWorker && window.PushManager && window.Notification) {
  const worker = navigator.serviceWorker.register("/worker.js").then(() => navigator.serviceWorker.ready)
  const [on, off, said] = ["push-on", "push-off", "push-said"].map((id) => document.getElementById(id))
  const known = worker.then(({ pushManager }) => pushManager.getSubscription())
  known.then((subscription) => { off.hidden = !subscription; on.hidden = Boolean(subscription); form.hidden = false }, () => {})
  const say = (error) => { said.textContent = error instanceof Denied || error.name === "NotAllowedError" ? form.dataset.denied : form.dataset.failed }
  form.addEventListener("submit", async (event) => {
    event.preventDefault()
    try {
      if (event.submitter !== off) return send(await subscribe(worker), "")
      const subscription = await known
      await subscription.unsubscribe()
      send(subscription, "1")
    } catch (error) {
      say(error)
    }
  })
}
