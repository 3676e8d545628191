// Fills in the times of a booking: by drawing over free half hours of a day with mouse, pen or finger, or with arrow keys and Enter (first the beginning,
// then the end; Escape lets go). Without this script the times are typed.
//
// <table id="slots">  td[data-from][data-until], those that are free without class="taken"
// <form id="book">    input[name=from], input[name=until]

const table = document.getElementById("slots")
const form = document.getElementById("book")
const days = []      // columns of cells
let first = null     // where the choice began and where it ends: a day's number and a row's
let last = null
let isDrawing = false

const cellAt = (day, row) => days[day]?.[row]
const isFree = (cell) => cell && !cell.classList.contains("taken")

function placeOf(cell) {
  for (const [day, cells] of days.entries()) {
    const row = cells.indexOf(cell)
    if (row >= 0) return { day, row }
  }
  return null
}

/** The free half hours between beginning and end, up to the first that is taken. */
function chosen() {
  if (!first) return []
  const step = last.row < first.row ? -1 : 1
  const cells = []
  for (let row = first.row; row !== last.row + step; row += step) {
    const cell = cellAt(first.day, row)
    if (!isFree(cell)) break
    cells.push(cell)
  }
  return step < 0 ? cells.reverse() : cells
}

function show() {
  for (const cell of table.querySelectorAll(".mine")) {
    cell.classList.remove("mine")
    cell.removeAttribute("aria-selected")
  }
  const cells = chosen()
  for (const cell of cells) {
    cell.classList.add("mine")
    cell.setAttribute("aria-selected", "true")
  }
  if (!cells.length) return
  form.elements.from.value = cells[0].dataset.from
  form.elements.until.value = cells.at(-1).dataset.until
}

function begin(cell) {
  first = last = placeOf(cell)
  show()
}

function extend(cell) {
  const place = placeOf(cell)
  if (!place || !first) return
  last = { day: first.day, row: place.row }
  show()
}

function focus(cell) {
  table.querySelector("td[tabindex='0']")?.setAttribute("tabindex", "-1")
  cell.setAttribute("tabindex", "0")
  cell.focus()
}

function onKey(event) {
  const cell = event.target.closest("td[data-from]")
  // A link in a cell keeps its own keys.
  if (!cell || event.target !== cell) return
  const { day, row } = placeOf(cell)
  const moves = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }
  const move = moves[event.key]
  if (move) {
    const next = cellAt(day + move[0], row + move[1])
    if (next) {
      focus(next)
      if (isDrawing) extend(next)
    }
  } else if (event.key === "Enter" || event.key === " ") {
    if (isDrawing) {
      isDrawing = false
      form.elements.holders.focus()
    } else if (isFree(cell)) {
      isDrawing = true
      begin(cell)
    }
  } else if (event.key === "Escape") {
    isDrawing = false
  } else return
  event.preventDefault()
}

if (table && form) {
  for (const row of table.tBodies[0].rows) {
    row.querySelectorAll("td").forEach((cell, day) => {
      (days[day] ??= []).push(cell)
      cell.setAttribute("tabindex", "-1")
    })
  }
  table.setAttribute("role", "grid")
  cellAt(0, 0)?.setAttribute("tabindex", "0")
  table.addEventListener("keydown", onKey)
  table.addEventListener("pointerdown", (event) => {
    const cell = event.target.closest("td[data-from]")
    if (!isFree(cell) || event.button !== 0) return
    // A finger that touches scrolls; its tap chooses one half hour, and the times can be changed below.
    isDrawing = event.pointerType !== "touch"
    begin(cell)
    if (isDrawing) event.preventDefault()
  })
  table.addEventListener("pointermove", (event) => {
    if (isDrawing && event.buttons) extend(document.elementFromPoint(event.clientX, event.clientY)?.closest("td[data-from]"))
  })
  addEventListener("pointerup", () => { isDrawing = false })
}
