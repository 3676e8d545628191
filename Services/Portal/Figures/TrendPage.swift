import Contracts
import HTTP
import ServiceKit

extension Portal {
    /// How many months are shown: this year's beside the last.
    private static let trendMonths = 24

    /// A house, or the whole town, month by month: from the published tables alone.
    func trendPage(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let words = figureWords(call)
        let wished = call.request.query["house"] ?? ""
        let house = wished.isEmpty ? nil : FacilityID(wished)
        guard wished.isEmpty || house != nil else { throw Page.notFound }
        return try askMonths(for: call, in: turn) { months, _, turn in
            guard !months.isEmpty else { return .page(.see(call.path("figures"))) }
            let shown = months.prefix(Self.trendMonths).reversed()
            return try askTables(shown.map { ShowTable(.days, $0.month, revision: $0.revision) }[...], for: call, in: turn) {
                answers, turn in
                let values = answers.map { visits(of: house, in: $0.table) }
                let houses = Set(answers.flatMap(\.table.rows)).subtracting(["other"]).compactMap { FacilityID($0) }.sorted {
                    $0.text < $1.text
                }
                let rows = answers.indices.map { place -> [HTML] in
                    [
                        "\(answers[place].figures.month)", "\(words.cell(values[place]))",
                        "\(change(values[place], place > 0 ? values[place - 1] : nil, words))",
                    ]
                }
                let title = house.map(words.title) ?? words("全施設", "All houses")
                let note = words(
                    "\(FigureWords.withheld):少数のため「その他」にまとめられた月",
                    "\(FigureWords.withheld): told together with others that month, since few came")
                return try figurePage(
                    call, call("月ごとの推移:\(title)", "Month by month: \(title)"), hasCharts: true, in: turn,
                    """
                    \(chooser(houses, house, call, words))
                    \(plainTable("trend", "\(title)", [call("月", "Month"), call("来館", "Visits"), call("前月比", "Change")], plotted: 1..<2, rows))
                    \(values.contains(nil) ? HTML("<p class=\"hint\" id=\"withheld\">\(note)</p>") : "")
                    <p class="screen"><a href="\(call.path("figures"))">\(call("統計一覧", "All months"))</a></p>
                    """)
            }
        }
    }

    private func chooser(_ houses: [FacilityID], _ chosen: FacilityID?, _ call: Call, _ words: FigureWords) -> HTML {
        let options = houses.map { house -> HTML in
            "<option value=\"\(house)\"\(house == chosen ? " selected" : "")>\(words.title(house))</option>\n"
        }
        return """
            <form class="row screen" method="get"><div class="field"><label for="house">\(call("施設", "House"))</label>
            <select id="house" name="house"><option value="">\(call("全施設", "All houses"))</option>
            \(options)</select></div><button>\(call("表示", "Show"))</button></form>
            """
    }
}

/// Visits of a house as its month's table tells them, or of all houses; `nil` where it is told together with others.
func visits(of house: FacilityID?, in days: FigureTable) -> Int? {
    guard let house else { return days.rows.isEmpty ? nil : days.total }
    return days.rows.firstIndex(of: house.text).map { days.rowTotals[$0] }
}

/// `+12.5 %`
func change(_ now: Int?, _ before: Int?, _ words: FigureWords) -> String {
    guard let now, let before, before > 0 else { return "-" }
    return "\(now >= before ? "+" : "")\(words.tenths(Double(now - before) / Double(before) * 100)) %"
}
