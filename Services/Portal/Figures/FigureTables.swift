import Contracts

/// A table of figures on a page: heading, a row a house, and the sums, of which a script draws bars. Of weekdays and hours the cells themselves are the picture: the
/// more, the darker, and the number stands in each.
func figureTable(_ table: FigureTable, _ words: FigureWords) -> HTML {
    let isHeat = table.name == .weekHours
    let largest = max(1, table.cells.joined().compactMap(\.self).max() ?? 0)
    func cell(_ count: Int?) -> HTML {
        isHeat
            ? "<td class=\"number heat-\(heat(count, largest: largest))\">\(words.cell(count))</td>"
            : "<td class=\"number\">\(words.cell(count))</td>"
    }
    let sum = words("計", "total")
    let heading = (table.columns.map { words.column($0, of: table.name) } + [sum]).map {
        HTML("<th scope=\"col\" class=\"number\">\($0)</th>")
    }
    let rows = table.rows.indices.map { row -> HTML in
        """
        <tr><th scope="row">\(words.row(table.rows[row], of: table.name))</th>\(table.cells[row].map(cell))<td class="number">\(words.number(table.rowTotals[row]))</td></tr>

        """
    }
    let sums = (table.columnTotals + [table.total]).map { HTML("<td class=\"number\">\(words.number($0))</td>") }
    return """
        <div class="wide" tabindex="0" role="region" aria-label="\(words.title(table.name))">
        <table id="table-\(table.name.rawValue)"\(isHeat ? "" : HTML(" data-chart=\"total\""))>
        <caption>\(words.title(table.name))</caption>
        <thead><tr><td></td>\(heading)</tr></thead>
        <tbody>
        \(rows)</tbody>
        <tfoot><tr><th scope="row">\(sum)</th>\(sums)</tr></tfoot>
        </table></div>
        """
}

/// How dark a cell is, from 0 for nothing, or for what is withheld, to 5.
func heat(_ count: Int?, largest: Int) -> Int {
    guard let count, count > 0 else { return 0 }
    return min(5, 1 + count * 5 / (largest + 1))
}

/// A list of things, one a row. What is `plotted` is drawn by a script, a chart a column.
func plainTable(
    _ id: String, _ caption: HTML, _ heading: [HTML], plotted: Range<Int> = 0..<0, lying: Bool = false, _ rows: [[HTML]]
) -> HTML {
    let kind: HTML = plotted.isEmpty ? "" : lying ? " data-chart=\"lying\"" : " data-chart=\"columns\""
    let columns = heading.enumerated().map { place, title -> HTML in
        let plot: HTML = plotted.contains(place) ? " data-plot" : ""
        return "<th scope=\"col\"\(place == 0 ? "" : HTML(" class=\"number\""))\(plot)>\(title)</th>"
    }
    let body = rows.map { row -> HTML in
        let cells = row.dropFirst().map { HTML("<td class=\"number\">\($0)</td>") }
        return "<tr><th scope=\"row\">\(row[0])</th>\(cells)</tr>\n"
    }
    return """
        <div class="wide" tabindex="0" role="region" aria-label="\(caption)">
        <table id="\(id)"\(kind)><caption>\(caption)</caption>
        <thead><tr>\(columns)</tr></thead>
        <tbody>
        \(body)</tbody></table></div>

        """
}
