import Contracts
import Town

/// A clerk's station for the length of one command that looks at visits and figures, or tells what was counted by hand.
struct FiguresCounter {
    let desk: Desk
    let town: Town
    let policy: VisitsPolicy
    let console: Console
    let words: PlainWords
    private let arguments: Arguments

    static let options = [Option.language.shape, Flag.json.shape] + Station.options

    init(_ arguments: Arguments, _ console: Console) throws {
        let station = try Station(arguments, console)
        guard let policy = station.town.visits else {
            throw Failure.refused("this town counts no visits. Add visits to its file (Docs/town.md), and start it again: kazasu up")
        }
        desk = try station.desk()
        (town, self.policy, self.arguments, self.console) = (station.town, policy, arguments, console)
        words = PlainWords(try arguments.optional(.language) ?? .en, town)
    }

    var json: Bool { arguments.has(.json) }
    var today: CalendarDate { (console.now() - .seconds(Int64(policy.dayStarts) * 60)).date(town.offset) }

    /// The answer, or the failure a person is told.
    func ask<Body: CommandBody>(_ command: Body, on channel: Channel<Body>) throws -> Body.Answer {
        try desk.ask(command, on: channel, for: Body.Answer.self)
    }

    /// A house of the town's file, or a place that belongs to none of them.
    func check(_ facility: FacilityID) throws {
        let known = policy.facilities.map(\.id.text) + town.agents.flatMap(\.readers).map(\.place.text)
        guard !known.contains(facility.text) else { return }
        let near = nearest(to: facility.text, among: known).map { " Did you mean \($0)?" } ?? ""
        let list = Set(known).sorted().prefix(20).joined(separator: ", ")
        throw Failure.refused("there is no house \(facility) in this town.\(near) It has: \(list.isEmpty ? "none" : list).")
    }

    // MARK: What there is

    func day(_ date: CalendarDate, of facility: FacilityID?) throws -> VisitsOfDay {
        var odd: [OddTaps] = []
        let facilities = try everyPage { (last: FacilityDay?) in
            let page = try ask(ShowVisits(date, facility: facility, after: last?.facility), on: .showVisits)
            odd = page.odd
            return (page.facilities, page.more)
        }
        return VisitsOfDay(date, facilities, more: false, odd: odd)
    }

    func table(_ name: FigureTable.Name, _ month: Month, revision: Int?) throws -> TableAnswer {
        var all = try ask(ShowTable(name, month, revision: revision), on: .showTable)
        while all.more {
            // The same revision to the end, even if another one is made meanwhile.
            let page = try ask(ShowTable(name, month, revision: all.figures.revision, after: all.table.rows.count), on: .showTable)
            all.table.rows += page.table.rows
            all.table.cells += page.table.cells
            all.table.rowTotals += page.table.rowTotals
            all.more = page.more && !page.table.rows.isEmpty
        }
        return all
    }

    func summary(_ month: Month, revision: Int?) throws -> SummaryAnswer {
        var all = try ask(ShowSummary(month, revision: revision), on: .showSummary)
        while let next = all.next {
            let page = try ask(ShowSummary(month, revision: all.figures.revision, after: next), on: .showSummary)
            all.summary.counts += page.summary.counts
            all.summary.dwell += page.summary.dwell
            all.summary.frequency += page.summary.frequency
            all.summary.received = (all.summary.received ?? []) + (page.summary.received ?? [])
            all.next = page.next
        }
        return all
    }

    // MARK: Files

    /// A list for a spreadsheet.
    func write(header: [String], rows: [[String]], to path: String) throws {
        try console.write(header: header, rows: rows, to: path, as: try arguments.optional(.encoding))
    }

    func write(_ bytes: [UInt8], to path: String, _ what: String) throws {
        try console.write(bytes, to: path, what)
    }
}
