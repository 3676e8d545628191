// A map of what a list on the same page says. Who has no map, or no script, has the list.
//
// <div id="map" data-keep data-list="#shelters" data-outline="/outline.geojson" data-tiles="https://…/{z}/{x}/{y}.png" data-attribution="地理院タイル"
//      data-max-zoom="18" data-label="Map of the shelters" data-here="You are here" data-locate="Where am I?" data-in="Larger" data-out="Smaller"
//      data-unknown="Your place could not be found out."></div>
// <li data-lat="38.1" data-lon="140.0" data-state="open"><h3><a href="…">Gym</a></h3><span class="state open">Room left</span></li>
//
// Without `data-tiles`, or once one of them cannot be had, the town's outline is drawn. Markers differ by shape and colour (`.pin` of portal.css).
// Tab goes from marker to marker, Enter opens what it is, Escape closes it. Where the viewer is stays in the viewer's browser.

import { Map as LeafletMap, Control, DivIcon, DomEvent, FeatureGroup, GeoJSON, Marker, TileLayer } from "/lib/leaflet/leaflet.esm.min.js"

const place = document.getElementById("map")

/** What a marker says when it is opened: title, state and time, as the list has them. */
function popup(item) {
  const box = document.createElement("div")
  for (const part of item.querySelectorAll("h3, .state, .at")) {
    const line = document.createElement("p")
    for (const node of part.matches("h3") ? part.childNodes : [part]) line.append(node.cloneNode(true))
    box.append(line)
  }
  return box
}

/** A marker that can be reached and named without seeing it. */
function pin(at, state, label, content) {
  const icon = new DivIcon({ className: `pin ${state}`, iconSize: [40, 40], popupAnchor: [0, -16] })
  const marker = new Marker(at, { icon, title: label, riseOnHover: true })
  marker.on("add", () => {
    marker.getElement().setAttribute("role", "button")
    marker.getElement().setAttribute("aria-label", label)
  })
  if (!content) return marker
  // Who opened it with the keyboard goes on inside it, and comes back.
  marker.on("popupopen", () => content.querySelector("a")?.focus({ preventScroll: true }))
  marker.on("popupclose", () => { if (content.contains(document.activeElement)) marker.getElement().focus({ preventScroll: true }) })
  return marker.bindPopup(content, { autoPanPadding: [16, 16] })
}

function pinOf(item) {
  const words = ["h3", ".state"].map((css) => item.querySelector(css)?.textContent.trim()).filter(Boolean)
  return pin([item.dataset.lat, item.dataset.lon].map(Number), item.dataset.state, words.join(": "), popup(item))
}

async function drawOutline(map) {
  if (!place.dataset.outline || map.outline) return
  map.outline = true
  const answer = await fetch(place.dataset.outline).catch(() => null)
  if (!answer?.ok) return
  // Of its own colour on any ground; nobody clicks on it.
  const style = { color: "#41484f", weight: 3, fillColor: "#fff", fillOpacity: 0.6 }
  const shape = new GeoJSON(await answer.json(), { interactive: false, style }).addTo(map)
  // Without tiles the town's border is what tells where a marker is.
  map.seen = true
  map.fitBounds(shape.getBounds(), { padding: [16, 16], animate: false })
}

/** A button that asks the browser where it is, as often as it is pressed, and tells nobody else. */
function locateButton(map) {
  let here = null
  const control = new Control({ position: "topleft" })
  control.onAdd = () => {
    const bar = document.createElement("div")
    bar.className = "leaflet-bar"
    const button = bar.appendChild(document.createElement("a"))
    Object.assign(button, { href: "#map", textContent: "◎", title: place.dataset.locate, role: "button" })
    button.setAttribute("aria-label", place.dataset.locate)
    DomEvent.disableClickPropagation(bar)
    DomEvent.on(button, "click", (event) => { DomEvent.stop(event); map.locate({ setView: true, maxZoom: 15, timeout: 10_000 }) })
    return bar
  }
  map.on("locationfound", ({ latlng }) => { here?.remove(); here = pin(latlng, "me", place.dataset.here).addTo(map) })
  map.on("locationerror", () => map.openPopup(place.dataset.unknown, map.getCenter()))
  return control
}

if (place) {
  const maxZoom = Number(place.dataset.maxZoom ?? 18)
  const map = new LeafletMap(place, { zoomControl: false, maxZoom, attributionControl: Boolean(place.dataset.tiles) })
  place.setAttribute("role", "region")
  place.setAttribute("aria-label", place.dataset.label)
  map.addControl(new Control.Zoom({ zoomInTitle: place.dataset.in, zoomOutTitle: place.dataset.out }))
  if (navigator.geolocation && place.dataset.locate) map.addControl(locateButton(map))

  place.addEventListener("keydown", (event) => { if (event.key === "Escape") map.closePopup() })

  const pins = new FeatureGroup().addTo(map)
  const shown = new Map()

  /** Markers as the list has them now. One that says what it said stays, and an open popup with it. */
  const draw = () => {
    const items = [...document.querySelectorAll(`${place.dataset.list} [data-lat][data-lon]`)].filter((item) => !item.hidden)
    const now = new Map(items.map((item) => [item.outerHTML, item]))
    for (const [key, marker] of shown) if (!now.has(key)) { pins.removeLayer(marker); shown.delete(key) }
    for (const [key, item] of now) if (!shown.has(key)) shown.set(key, pinOf(item).addTo(pins))
    if (!map.seen && shown.size > 0) { map.seen = true; map.fitBounds(pins.getBounds(), { padding: [40, 40], maxZoom: 15 }) }
  }
  draw()
  document.querySelector("main").addEventListener("changed", draw)

  if (place.dataset.tiles) {
    const tiles = new TileLayer(place.dataset.tiles, { attribution: place.dataset.attribution, maxZoom }).addTo(map)
    tiles.once("tileerror", () => drawOutline(map))
  } else drawOutline(map)
}
