/// A number of a table, or that it is withheld: `12`, `x`. As text, so that nobody adds up what is not there.
struct FigureCell: WrittenAsText {
    static var form: String { "a whole number, or x where it is withheld" }
    static var pattern: String { "^([0-9]{1,12}|x)$" }
    static var sample: String { "0" }
    let count: Int?

    init(_ count: Int?) { self.count = count }

    init?(_ text: String) {
        guard text != "x" else {
            count = nil
            return
        }
        guard (1...12).contains(text.utf8.count), text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let count = Int(text)
        else { return nil }
        self.count = count
    }

    var description: String { count.map(String.init) ?? "x" }
}

extension FigureTable {
    private enum CodingKeys: CodingKey { case cells, columnTotals, columns, name, rowTotals, rows, total }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        let cells = try fields.decode([[FigureCell]].self, forKey: .cells)
        let columnTotals = try fields.decode([Int].self, forKey: .columnTotals)
        let columns = try fields.decode([String].self, forKey: .columns)
        let name = try fields.decode(Name.self, forKey: .name)
        let rowTotals = try fields.decode([Int].self, forKey: .rowTotals)
        let rows = try fields.decode([String].self, forKey: .rows)
        self.init(
            name, rows: rows, columns: columns, cells: cells.map { $0.map(\.count) }, rowTotals: rowTotals, columnTotals: columnTotals,
            total: try fields.decode(Int.self, forKey: .total))
    }

    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(cells.map { $0.map(FigureCell.init) }, forKey: .cells)
        try fields.encode(columnTotals, forKey: .columnTotals)
        try fields.encode(columns, forKey: .columns)
        try fields.encode(name, forKey: .name)
        try fields.encode(rowTotals, forKey: .rowTotals)
        try fields.encode(rows, forKey: .rows)
        try fields.encode(total, forKey: .total)
    }
}

extension MonthSummary.FunnelFigure {
    private enum CodingKeys: CodingKey { case funnel, steps }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try fields.decode(FunnelID.self, forKey: .funnel),
            steps: try fields.decode([FigureCell].self, forKey: .steps).map(\.count))
    }

    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(funnel, forKey: .funnel)
        try fields.encode(steps.map(FigureCell.init), forKey: .steps)
    }
}
