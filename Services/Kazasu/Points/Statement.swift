import Contracts
import Town

/// What a shop or a carrier is paid for a period (精算書), as rows for a spreadsheet and as a page a browser prints on A4 without anything from elsewhere.
struct Statement {
    let settlement: Settlement
    let town: Town
    let at: Instant
    private let words: PlainWords

    init(_ settlement: Settlement, of town: Town, at moment: Instant) {
        (self.settlement, self.town, at) = (settlement, town, moment)
        words = PlainWords(.ja, town)
    }

    /// `shop-bakery-20261001-20261031`
    var serial: String {
        let days = [settlement.from, settlement.to].map { $0.description.filter(\.isNumber) }
        return "\(settlement.party.kind.rawValue)-\(settlement.party.holder)-\(days.joined(separator: "-"))"
    }

    // MARK: For a spreadsheet

    static let heading = ["区分", "項目", "受入", "受入件数", "返却", "返却件数", "円"]

    /// By purse, by day, and the sums.
    var rows: [[String]] {
        let purses = settlement.lines.map {
            ["種類", words.title(of: $0.purse), "\($0.taken)", "\($0.takenCount)", "\($0.back)", "\($0.backCount)", "\($0.yen)"]
        }
        let days = settlement.days.map { ["日", $0.date.description, "", "", "", "", "\($0.yen)"] }
        let sums = [("合計", settlement.yen), ("手数料", settlement.fee), ("支払額", settlement.payable)].map {
            ["計", $0.0, "", "", "", "", "\($0.1)"]
        }
        return purses + days + sums
    }

    // MARK: On paper

    var html: String {
        let title = escaped(words.title(of: settlement.party))
        let isClosed = settlement.closed != nil
        let rows = words.rows(of: settlement).map { row in
            "<tr><td>\(escaped(row[0]))</td>"
                + row.dropFirst().enumerated().map { place, cell in
                    // A number stays whole; a unit may go on below it.
                    "<td class=\"\(place == 0 || place == 2 ? "n" : "n whole")\">\(escaped(cell))</td>"
                }.joined() + "</tr>"
        }
        let sums = [("合計", settlement.yen), ("手数料", settlement.fee), ("お支払額", settlement.payable)].map {
            "<tr><th>\($0.0)</th><td class=\"n\">\(words.yen($0.1))</td></tr>"
        }
        return """
            <!DOCTYPE html>
            <html lang="ja">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>精算書 \(serial)</title>
            <style>
            @page { size: A4 portrait; margin: 15mm; }
            body { font: 10.5pt/1.5 "Noto Sans CJK JP", "Noto Sans JP", "Hiragino Sans", "Yu Gothic", "Meiryo", sans-serif; color: #000; margin: 0 auto; max-width: 180mm; }
            header { display: flex; justify-content: space-between; align-items: baseline; gap: 1em; border-bottom: 0.5mm solid #000; }
            h1 { font-size: 18pt; margin: 0; letter-spacing: 0.3em; }
            h2 { font-size: 11pt; margin: 6mm 0 1mm; break-after: avoid; }
            p { margin: 1mm 0; overflow-wrap: anywhere; }
            .draft { border: 0.6mm solid #000; padding: 0 2mm; font-weight: bold; }
            .party { font-size: 14pt; margin-top: 5mm; }
            table { border-collapse: collapse; width: 100%; }
            th, td { border: 0.2mm solid #000; padding: 0.5mm 2mm; text-align: left; overflow-wrap: anywhere; }
            thead th { background: #eee; white-space: nowrap; }
            tr, svg, .sums, .sign { break-inside: avoid; }
            .n { text-align: right; }
            .whole { white-space: nowrap; }
            .sums { width: 80mm; margin: 5mm 0 0 auto; font-size: 12pt; }
            .sums tr:last-child { font-weight: bold; font-size: 14pt; }
            svg { display: block; width: 100%; }
            .sign { margin-top: 8mm; }
            @media screen { body { margin: 1em auto; } }
            </style>
            </head>
            <body>
            <header><h1>精算書</h1>\(isClosed ? "" : "<p class=\"draft\">未確定</p>")<p>\(escaped(town.title ?? town.name.text))</p></header>
            <p class="party">\(title) 様</p>
            <p>期間 \(settlement.from) 〜 \(settlement.to)　番号 \(serial)</p>
            <h2>種類別</h2>
            <table>
            <thead><tr>\(words.settlementHeading.map { "<th>\($0)</th>" }.joined())</tr></thead>
            <tbody>
            \(rows.isEmpty ? "<tr><td colspan=\"6\">利用なし</td></tr>" : rows.joined(separator: "\n"))
            </tbody></table>
            <table class="sums"><tbody>\(sums.joined())</tbody></table>
            <h2>日別(円)</h2>
            \(chart)
            <p class="sign">\(isClosed ? "\(escaped(words.closed(settlement)))。以後の訂正は次の期間に計上します。" : "\(at.minute(town.offset)) 現在。確定前のため、金額は変わることがあります。")</p>
            <p class="sign">確認者 ＿＿＿＿＿＿＿＿＿＿＿＿　確認日 ＿＿＿＿年＿＿月＿＿日</p>
            </body>
            </html>

            """
    }

    /// A bar a day of the period; one on which more was given back than taken hangs below the line.
    private var chart: String {
        let sums = Dictionary(settlement.days.map { ($0.date, $0.yen) }) { $0 + $1 }
        var days: [CalendarDate] = []
        var next: CalendarDate? = settlement.from
        while let day = next, day <= settlement.to {
            days.append(day)
            next = day.adding(1)
        }
        let (most, least) = (max(0, sums.values.max() ?? 0), min(0, sums.values.min() ?? 0))
        let (width, height, left, top) = (1800, 400, 150, 30)
        let scale = Double(height) / Double(max(1, most - least))
        let zero = top + Int(Double(most) * scale)
        let step = Double(width - left) / Double(max(1, days.count))
        let bars = days.enumerated().compactMap { place, day -> String? in
            guard let yen = sums[day], yen != 0 else { return nil }
            let length = max(2, Int(Double(abs(yen)) * scale))
            let x = Double(left) + Double(place) * step
            return
                "<rect x=\"\(tenths(x + step * 0.1))\" y=\"\(yen > 0 ? zero - length : zero)\" width=\"\(tenths(step * 0.8))\" height=\"\(length)\"\(yen < 0 ? " fill=\"none\" stroke=\"#000\" stroke-width=\"3\"" : "")><title>\(day) \(words.yen(yen))</title></rect>"
        }
        func label(_ x: Int, _ y: Int, _ text: String, _ anchor: String) -> String {
            "<text x=\"\(x)\" y=\"\(y)\" font-size=\"32\" text-anchor=\"\(anchor)\">\(text)</text>"
        }
        let bottom = top + height + 40
        var labels = [
            label(left, bottom, settlement.from.description, "start"), label(width, bottom, settlement.to.description, "end"),
            label(left - 10, zero + 10, "0", "end"),
        ]
        if most > 0 { labels.append(label(left - 10, top + 10, words.grouped(most), "end")) }
        // One that hangs down little would stand upon the zero.
        if top + height - zero > 36 { labels.append(label(left - 10, top + height + 10, words.grouped(least), "end")) }
        return """
            <svg viewBox="0 0 \(width) \(bottom + 10)" role="img" aria-label="日別の金額">
            <line x1="\(left)" y1="\(zero)" x2="\(width)" y2="\(zero)" stroke="#000" stroke-width="2"/>
            \((labels + bars).joined(separator: "\n"))
            </svg>
            """
    }

    private func tenths(_ number: Double) -> String {
        let rounded = Int((number * 10).rounded())
        return "\(rounded / 10).\(rounded % 10)"
    }
}
