// Short sounds for a kiosk: one for each thing that can happen, told apart with closed eyes (Web Audio, w3.org/TR/webaudio).
//
// A browser makes no sound before somebody has touched the page; a kiosk's is started with --autoplay-policy=no-user-gesture-required.
// On a page with live.js: <div data-sound="granted"> in `main` sounds when it arrives.

/** Pitches in Hz, one after the other, 120 ms each. Up is yes, down is out, low and twice is no. */
export const sounds = { granted: [880, 1319], refused: [196, 0, 196], in: [659, 784, 1047], out: [1047, 784, 659] }

const step = 0.12
let context = null

export function play(name) {
  const pitches = sounds[name]
  if (!pitches) return
  context ??= new AudioContext()
  context.resume()
  pitches.forEach((pitch, index) => {
    if (pitch === 0) return
    const start = context.currentTime + index * step
    const tone = context.createOscillator()
    const loudness = context.createGain()
    tone.frequency.value = pitch
    tone.type = name === "refused" ? "square" : "sine"
    // Eased in and out, for a tone that is cut off clicks.
    loudness.gain.setValueAtTime(0, start)
    loudness.gain.linearRampToValueAtTime(0.3, start + 0.01)
    loudness.gain.linearRampToValueAtTime(0, start + step)
    tone.connect(loudness).connect(context.destination)
    tone.start(start)
    tone.stop(start + step)
  })
}

let last = null
document.querySelector("main")?.addEventListener("changed", () => {
  const heard = document.querySelector("main [data-sound]")
  if (heard && heard !== last) play(heard.dataset.sound)
  last = heard
})
