// Shows of a list what holds all the words typed, wherever they stand: name, reading, district. Without this script the list is whole.
//
// <input id="search" type="search" data-keep data-list="#shelters" data-found="#found" data-text="{n} of {all}">
// <p id="found" role="status"></p>
// <li data-search="市民体育館 しみんたいいくかん 中央地区">…</li>          without `data-search`, its text
//
// ｼﾐﾝ, シミン and しみん are one, as are Ａ and a (NFKC, Unicode Standard Annex #15). After each search `main` has a `changed` event.

/** Text as it is compared: compatibility forms one, katakana as hiragana, small letters, no marks between. */
export function folded(text) {
  return text.normalize("NFKC").toLowerCase()
    .replace(/[\u30a1-\u30f6]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60))
    .replace(/[\u2010-\u2015\u2212\u30fb]/g, "")
}

const box = document.getElementById("search")
const main = document.querySelector("main")

function search() {
  const words = folded(box.value).split(/\s+/).filter(Boolean)
  const items = [...document.querySelector(box.dataset.list).children]
  for (const item of items) {
    const text = folded(item.dataset.search ?? item.textContent)
    item.hidden = !words.every((word) => text.includes(word))
  }
  const found = document.querySelector(box.dataset.found)
  if (found) found.textContent = box.dataset.text.replace("{n}", items.filter((item) => !item.hidden).length).replace("{all}", items.length)
}

if (box) {
  const searchAndTell = () => { search(); main.dispatchEvent(new CustomEvent("changed", { detail: "search" })) }
  box.addEventListener("input", searchAndTell)
  // A new line of the list, or a whole new list, is searched as well.
  main.addEventListener("changed", (event) => { if (event.detail !== "search" && box.value) searchAndTell() })
  if (box.value) searchAndTell()
}
