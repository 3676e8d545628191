/// Charts for paper, as SVG: black and greys, so that a copy of a copy still says the same.
struct ReportChart {
    let words: PlainWords

    private func text(_ x: Int, _ y: Int, _ text: String, _ anchor: String = "middle", size: Int = 30) -> String {
        "<text x=\"\(x)\" y=\"\(y)\" font-size=\"\(size)\" text-anchor=\"\(anchor)\">\(escaped(text))</text>"
    }

    private func drawing(_ width: Int, _ height: Int, _ label: String, _ parts: [String]) -> String {
        """
        <svg viewBox="0 0 \(width) \(height)" role="img" aria-label="\(escaped(label))">
        \(parts.joined(separator: "\n"))
        </svg>
        """
    }

    /// A bar for each value, an `x` for what is withheld.
    func bars(_ values: [Int?], named names: [String], label: String) -> String {
        let (width, height, left, top) = (1800, 320, 110, 40)
        let largest = max(1, values.compactMap(\.self).max() ?? 0)
        let step = (width - left) / max(1, values.count)
        // Names stay apart: every second one, or third.
        let every = max(1, ((names.map(displayWidth).max() ?? 1) * 18 + step - 1) / max(1, step))
        var parts = [
            "<line x1=\"\(left)\" y1=\"\(top + height)\" x2=\"\(width)\" y2=\"\(top + height)\" stroke=\"#000\" stroke-width=\"2\"/>",
            text(left - 10, top + 10, words.grouped(largest), "end"), text(left - 10, top + height + 10, "0", "end"),
        ]
        for (place, value) in values.enumerated() {
            let x = left + place * step
            if let value {
                let length = value == 0 ? 0 : max(2, value * height / largest)
                parts.append(
                    "<rect x=\"\(x + step / 10)\" y=\"\(top + height - length)\" width=\"\(max(1, step * 8 / 10))\" height=\"\(length)\"><title>\(escaped(names[place])) \(value)</title></rect>"
                )
            } else {
                parts.append(text(x + step / 2, top + height - 10, PlainWords.withheld))
            }
            if place.isMultiple(of: every) { parts.append(text(x + step / 2, top + height + 40, names[place])) }
        }
        return drawing(width, top + height + 60, label, parts)
    }

    /// A field for each cell, the darker the more, with its number.
    func heat(_ cells: [[Int?]], rows: [String], columns: [String], label: String) -> String {
        let (left, top, high) = (150, 50, 60)
        let wide = min(120, 1650 / max(1, columns.count))
        let largest = max(1, cells.joined().compactMap(\.self).max() ?? 0)
        var parts = columns.enumerated().map { text(left + $0 * wide + wide / 2, top - 12, $1, size: 26) }
        for (row, name) in rows.enumerated() {
            let y = top + row * high
            parts.append(text(left - 12, y + 40, name, "end"))
            for (column, cell) in cells[row].enumerated() {
                // From white to dark grey in six steps; the number stays readable on each.
                let step = cell.map { $0 == 0 ? 0 : 1 + $0 * 5 / (largest + 1) } ?? 0
                let grey = ["#fff", "#eee", "#d4d4d4", "#b4b4b4", "#8c8c8c", "#585858"][min(5, step)]
                let x = left + column * wide
                parts.append("<rect x=\"\(x)\" y=\"\(y)\" width=\"\(wide)\" height=\"\(high)\" fill=\"\(grey)\" stroke=\"#000\"/>")
                let ink = step >= 5 ? " fill=\"#fff\"" : ""
                parts.append(
                    "<text x=\"\(x + wide / 2)\" y=\"\(y + 40)\" font-size=\"24\" text-anchor=\"middle\"\(ink)>\(cell.map(String.init) ?? PlainWords.withheld)</text>"
                )
            }
        }
        return drawing(left + columns.count * wide + 10, top + rows.count * high + 10, label, parts)
    }
}
