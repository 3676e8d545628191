/// Charts of block characters, for a terminal. What is withheld is an `x`.
enum TerminalChart {
    /// A bar in eighths of a character, `width` characters for the largest.
    static func bar(_ value: Int, of largest: Int, width: Int = 40) -> String {
        guard value > 0, largest > 0 else { return "" }
        let eighths = max(1, value * width * 8 / largest)
        let partial = eighths % 8 == 0 ? "" : String(UnicodeScalar(UInt32(0x2590 - eighths % 8))!)
        return String(repeating: "█", count: eighths / 8) + partial
    }

    /// One character a value, as high as it is: `▁▃█x▂`.
    static func line(_ values: [Int?]) -> String {
        let largest = max(1, values.compactMap(\.self).max() ?? 0)
        return values.map { value in
            guard let value else { return "x" }
            return value <= 0 ? " " : String(UnicodeScalar(UInt32(0x2581 + min(7, value * 8 / (largest + 1))))!)
        }.joined()
    }

    /// Two characters a cell, the darker the more.
    static func heat(_ rows: [[Int?]]) -> [String] {
        let shades = ["·", "░", "▒", "▓", "█"]
        let largest = max(1, rows.joined().compactMap(\.self).max() ?? 0)
        return rows.map { row in
            row.map { value in
                guard let value else { return "x " }
                let shade = value == 0 ? " " : shades[min(4, value * 5 / (largest + 1))]
                return shade + (value == 0 ? " " : shade)
            }.joined()
        }
    }
}
