// Puts the focus on the first button of whoever has just come to the desk, so that the keyboard goes on from there.
//
// <section id="desk-screen" data-screen="ID">   another ID is somebody else; whoever is typing is left alone

const main = document.querySelector("main[data-feed]")
const shownNow = () => document.getElementById("desk-screen")?.dataset.screen
const isTyping = () => document.activeElement?.matches("input:not([type=checkbox], [type=radio]), textarea, select")
let shown = shownNow()

main?.addEventListener("changed", () => {
  if (shownNow() === shown) return
  shown = shownNow()
  if (!isTyping()) document.querySelector("#desk-screen button")?.focus()
})
