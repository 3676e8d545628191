import Contracts
import Town

/// A counter for points (ポイント窓口) for the length of one command: it asks the ledger's service, and says what will happen before anything moves.
struct PointsCounter {
    let station: Station
    let desk: Desk
    let console: Console
    let words: PlainWords
    private let arguments: Arguments

    static let options = [Option.language.shape, Flag.json.shape] + Station.options
    /// Of commands that move something.
    static let moving = [Flag.yes.shape] + options

    init(_ arguments: Arguments, _ console: Console) throws {
        let language = try arguments.optional(.language) ?? .en
        station = try Station(arguments, console)
        desk = try station.pointsDesk()
        words = PlainWords(language, station.town)
        (self.arguments, self.console) = (arguments, console)
    }

    var json: Bool { arguments.has(.json) }
    var town: Town { station.town }
    var today: CalendarDate { console.now().date(town.offset) }

    /// The answer, or the failure a person is told.
    func ask<Body: CommandBody>(_ command: Body, on channel: Channel<Body>) throws -> Body.Answer {
        try desk.ask(command, on: channel, for: Body.Answer.self)
    }

    /// Goes on only with a yes.
    func confirm(_ question: String) throws { try console.confirm(question, unless: arguments.has(.yes)) }

    // MARK: Who

    func holder(_ whom: Whom) throws -> PointsHolder {
        switch whom {
        case .person(let person): PointsHolder(person)
        case .holder(let place): PointsHolder(tap: try desk.session.nextPointsTap(at: place).id)
        }
    }

    // MARK: What the town's file knows

    func purse(_ id: PurseID) throws -> Purse {
        if let purse = town.points.purse(id) { return purse }
        throw unknown("purse", id.text, among: town.points.purses.map(\.id.text))
    }

    func rule(_ id: RuleID) throws -> EarningRule {
        if let rule = town.points.rule(id) { return rule }
        throw unknown("rule", id.text, among: town.points.rules.map(\.id.text))
    }

    func unknown(_ noun: String, _ word: String, among known: [String]) -> Failure {
        let near = nearest(to: word, among: known).map { " Did you mean \($0)?" } ?? ""
        let list = known.isEmpty ? "none" : known.prefix(20).joined(separator: ", ")
        return .refused("there is no \(noun) \(word) in this town.\(near) It has: \(list).")
    }

    // MARK: What has moved

    /// - Parameter undo: whether each of its transfers can be taken back by its number.
    func report(_ moved: PointsMoved, _ done: String, of purse: PurseID, undo: Bool = true) throws {
        if json { return try console.json(moved) }
        console.line(words.moved(done, moved, of: purse))
        guard undo else { return }
        for number in moved.numbers { console.note("transfer \(number); to take it back: kazasu points reverse \(number) --why CODE") }
    }

    // MARK: Files

    /// A list for a spreadsheet, for its owner alone.
    func write(header: [String], rows: [[String]], to path: String) throws {
        try console.write(header: header, rows: rows, to: path, as: try arguments.optional(.encoding))
    }

    func write(_ bytes: [UInt8], to path: String, _ what: String) throws {
        try console.write(bytes, to: path, what)
    }
}
