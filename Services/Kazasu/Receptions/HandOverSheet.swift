import Contracts
import Town

/// What one shift hands over to the next (引継書), in Japanese and English, to be printed and signed by both.
struct HandOverSheet {
    let handOver: HandOver
    let words: PlainWords
    let now: Instant

    private static let rule = String(repeating: "-", count: 78)

    var text: String {
        let count = handOver.count
        var text = "引継書 Hand-over sheet\n\(Self.rule)\n"
        text += table([
            ["受付 Reception", "\(harmless(handOver.title)) (\(count.reception))"],
            ["日 Day", handOver.day.description],
            ["作成 Printed", now.minute(words.town.offset)],
            ["状態 Stage", both(count.stage.phrase)],
        ])
        text += "\n" + table(figures(count))
        text += "\n時間帯別 By hour (\(handOver.day))\n" + hours
        if !handOver.paper.isEmpty {
            text += "\n紙の受付 On paper\n" + table(handOver.paper.map { [$0.station.text, words.grouped($0.count)] })
        }
        text += "\n取消 Taken back\n" + list(handOver.reversals.map(words.reversal))
        text += "\n重複受付 Received twice\n" + list(handOver.conflicts.map(words.conflict))
        if handOver.isCut { text += "\n全件ではありません。 Not all of it stands here.\n" }
        return text + "\n\(Self.rule)\n引継者 Handed over by                        引受者 Taken over by\n\n\n"
            + "氏名 Name  ________________________        氏名 Name  ________________________\n"
            + "時刻 Time  ____:____                       時刻 Time  ____:____\n"
    }

    private func figures(_ count: ReceptionCount) -> [[String]] {
        let share = count.cardsPerThousand.map { "\($0 / 10).\($0 % 10)%" } ?? "-"
        var rows = [
            ["受付合計 Received", words.grouped(count.total)], ["  カード By card", words.grouped(count.byCard)],
            ["  整理券 By ticket", words.grouped(count.byTicket)], ["  氏名 By name", words.grouped(count.byName)],
            ["  紙 On paper", words.grouped(count.paper)], ["カード率 Share of cards", share],
            ["当日受付 Walk-ins", words.grouped(count.walkIns)], ["取消 Taken back", words.grouped(count.reversed)],
            ["重複・未処理 Conflicts, open", words.grouped(count.conflicts)], ["通信断後 Known too late", words.grouped(count.late)],
        ]
        if let expected = count.expected { rows.insert(["名簿 Expected", words.grouped(expected)], at: 0) }
        if let capacity = count.capacity { rows.insert(["定員 Capacity", words.grouped(capacity)], at: 0) }
        return rows
    }

    /// A row an hour, a column a station.
    private var hours: String {
        let stations = Set(handOver.hours.map(\.station)).sorted()
        let starts = Set(handOver.hours.map(\.hour)).sorted()
        guard !starts.isEmpty else { return list([]) }
        let rows = starts.map { start in
            let counts = stations.map { station in handOver.hours.first { $0.hour == start && $0.station == station }?.count ?? 0 }
            return [String(start.minute(words.town.offset).dropFirst(11))] + (counts + [counts.reduce(0, +)]).map(words.grouped)
        }
        return table([["時 Hour"] + stations.map(\.text) + ["計 Total"]] + rows)
    }

    private func list(_ lines: [String]) -> String { lines.isEmpty ? "  なし none\n" : lines.map { "  \($0)\n" }.joined() }

    private func both(_ phrase: Phrase) -> String { "\(phrase.ja) \(phrase.en)" }
}
