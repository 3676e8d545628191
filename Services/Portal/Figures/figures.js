// Charts of a page's tables, by Chart.js (chartjs.org, version 3). All numbers are those of the table that stands below: without this script nothing is missing.
//
// <table data-chart="total">     bars of the sums in its foot, named by its head; the last is the sum of all and is left out
// <table data-chart="columns">   of each column whose <th> has data-plot, a line over the rows' names
// <table data-chart="lying">     the same as bars that lie: for names that are long
//
// What is withheld, "―", is a gap.

const colour = "#2f7fc1"
// Readable on white and on the dark page.
const ink = "#6f7881"

/** `12,040`, `1,204回`, `38.5 %`; null for what has no digit. */
function number(cell) {
  const text = cell.textContent.replace(/[^0-9.-]/g, "")
  return /\d/.test(text) ? Number(text) : null
}

const name = (cell) => cell.textContent.trim()

function draw(table, kind, title, names, values) {
  const place = document.createElement("div")
  place.className = "chart"
  const canvas = document.createElement("canvas")
  canvas.setAttribute("role", "img")
  canvas.setAttribute("aria-label", title)
  place.append(canvas)
  const home = table.closest(".wide") ?? table
  home.before(place)
  const scale = { ticks: { color: ink }, grid: { color: ink + "44" } }
  new globalThis.Chart(canvas, {
    type: kind === "columns" ? "line" : "bar",
    data: { labels: names, datasets: [{ label: title, data: values, backgroundColor: colour, borderColor: colour, spanGaps: false }] },
    options: {
      animation: false, maintainAspectRatio: false, indexAxis: kind === "lying" ? "y" : "x",
      scales: { x: { ...scale, beginAtZero: true }, y: { ...scale, beginAtZero: true } },
      plugins: { legend: { display: false }, title: { display: true, text: title, color: ink } },
    },
  })
}

for (const table of document.querySelectorAll("table[data-chart]")) {
  const kind = table.dataset.chart
  const head = [...table.tHead.rows[0].cells]
  if (kind === "total") {
    const foot = [...table.tFoot.rows[0].cells]
    draw(table, kind, name(table.caption), head.slice(1, -1).map(name), foot.slice(1, -1).map(number))
    continue
  }
  const rows = [...table.tBodies[0].rows]
  head.forEach((cell, column) => {
    if (!("plot" in cell.dataset)) return
    draw(table, kind, name(cell), rows.map((row) => name(row.cells[0])), rows.map((row) => number(row.cells[column])))
  })
}
