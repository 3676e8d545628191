import Contracts
import Sheets
import Town

/// The reception of a shelter (避難所受付), or headquarters, for the length of one command.
struct Reception {
    let station: Station
    let desk: Desk
    let console: Console
    let words: PlainWords
    private let arguments: Arguments

    /// Whom a command is about.
    static let who = [Option.tap.shape, Option.evacuee.shape, Option.guest.shape, Option.card.shape]
    static let options = [Option.language.shape, Flag.json.shape] + Station.options

    init(_ arguments: Arguments, _ console: Console) throws {
        let language = try arguments.optional(.language) ?? .en
        station = try Station(arguments, console)
        desk = try station.shelterDesk()
        words = PlainWords(language, station.town)
        (self.arguments, self.console) = (arguments, console)
    }

    var json: Bool { arguments.has(.json) }
    var offset: UTCOffset { station.town.offset }

    /// The answer, or the failure a person is told.
    func ask<Body: CommandBody>(_ command: Body, on channel: Channel<Body>) throws -> Body.Answer {
        try desk.ask(command, on: channel, for: Body.Answer.self)
    }

    // MARK: Page after page

    func shelters() throws -> [ShelterList.Entry] {
        try everyPage { last in
            let page = try ask(ListShelters(after: last?.shelter.id), on: .listShelters)
            return (page.shelters, page.more)
        }
    }

    /// One shelter; a sentence if there is none of that name.
    func shelter(_ id: ShelterID) throws -> ShelterList.Entry {
        let all = try shelters()
        if let found = all.first(where: { $0.shelter.id == id }) { return found }
        let known = all.map(\.shelter.id.text)
        let near = nearest(to: id.text, among: known).map { " Did you mean \($0)?" } ?? ""
        throw Failure.refused(
            "there is no shelter \(id).\(near) Shelters: \(known.isEmpty ? "none" : known.prefix(20).joined(separator: ", ")). Another one: kazasu shelter add"
        )
    }

    /// Everybody at a shelter, in the order of their readings.
    func roster(of shelter: ShelterID, drill: Bool) throws -> [EvacueeBrief] {
        let people: [EvacueeBrief] = try everyPage { last in
            let page = try ask(ListRoster(of: shelter, drill: drill, after: last?.who), on: .listRoster)
            return (page.entries, page.more)
        }
        return people.sorted { $0.order < $1.order }
    }

    // MARK: Who

    /// Whom the options name: by ids, by cards, and by the cards that are held now, one after another.
    func evacuees() throws -> [Evacuee] {
        var all = try arguments.all(.evacuee).map(Evacuee.person) + arguments.all(.guest).map(Evacuee.guest)
        all += try arguments.all(.card).map(Evacuee.card)
        let places = try arguments.all(.tap)
        guard !all.isEmpty || !places.isEmpty else {
            throw Failure.usage(
                "who? Add --tap AGENT/READER and hold the card there, --person PERSON, --guest GUEST or --card TOKEN; each may be repeated."
            )
        }
        for place in places { all.append(.card(try desk.session.nextTap(at: place).token)) }
        all = all.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        guard all.count <= NoteStays.limit else {
            throw Failure.usage("that is \(all.count) people. At most \(NoteStays.limit) in one command.")
        }
        return all
    }

    /// The time of `--at`.
    func moment() throws -> Instant? { try arguments.optional(.noted)?.instant(now: console.now(), offset) }

    // MARK: Files

    /// A list for a spreadsheet, for its owner alone.
    func write(header: [String], rows: [[String]], to path: String, _ what: String) throws {
        try console.write(header: header, rows: rows, to: path, as: try arguments.optional(.encoding), what)
    }

    func write(_ bytes: [UInt8], to path: String, _ what: String) throws {
        try console.write(bytes, to: path, what)
    }
}

extension EvacueeBrief {
    /// As people look for a name on paper: by its reading (五十音順), then by its letters.
    fileprivate var order: (String, String, String) { (reading.map { foldedReading($0) ?? $0 } ?? "\u{10FFFF}", name ?? "", "\(who)") }
}
