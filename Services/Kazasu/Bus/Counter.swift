import Contracts
import Town

/// A residents' counter (住民窓口) for the length of one command: it asks the directory, and tells the clerk who it is about before anything changes.
struct Counter {
    let station: Station
    let desk: Desk
    let console: Console
    private let arguments: Arguments

    static let options: [OptionShape] = Station.options + [Flag.json.shape]
    /// Of commands that change somebody.
    static let changing: [OptionShape] = [Flag.yes.shape] + options

    init(_ arguments: Arguments, _ console: Console, at station: Station? = nil) throws {
        let station = try station ?? Station(arguments, console)
        self.station = station
        desk = try station.registrar()
        (self.arguments, self.console) = (arguments, console)
    }

    var words: PlainWords { PlainWords((try? arguments.optional(.language)) ?? .en, station.town) }
    var json: Bool { arguments.has(.json) }
    var today: CalendarDate { console.now().date(station.town.offset) }

    /// The answer, or the failure a person is told.
    func ask<Body: CommandBody>(_ command: Body, on channel: Channel<Body>) throws -> Body.Answer {
        try desk.ask(command, on: channel, for: Body.Answer.self)
    }

    // MARK: Who it is

    /// One look at a person's file, which is kept with its reason.
    func file(of person: PersonID, why: String) throws -> PersonFile {
        try ask(ShowPerson(person, why: why), on: .showPerson)
    }

    /// Who holds the card that is held over a reader now.
    func holder(of tap: Envelope<Tapped>) throws -> PersonBrief {
        var search = FindPersons()
        search.tap = tap.id
        guard let holder = try ask(search, on: .findPersons).persons.first else {
            throw Failure.refused(
                "nobody is known by the card that was held. Give it to its holder first: kazasu card link PERSON --tap AGENT/READER")
        }
        return holder
    }

    /// Everybody a search finds, page after page.
    func everybody(_ search: FindPersons) throws -> [PersonBrief] {
        var search = search
        var found: [PersonBrief] = []
        var isMore = true
        while isMore {
            let page = try ask(search, on: .findPersons)
            found += page.persons
            search.after = page.persons.last?.person
            // An answer with nothing in it has nothing after it.
            isMore = page.more && !page.persons.isEmpty
        }
        return found
    }

    func tap(_ place: ReaderPlace) throws -> Envelope<Tapped> { try desk.session.nextEnrolment(at: place) }

    /// - Parameter doing: the reason that is kept for the look at the file.
    func find(_ whom: Whom, doing: String) throws -> Found {
        switch whom {
        case .person(let person): return Found(brief: PersonBrief(try file(of: person, why: doing)), person: person)
        case .holder(let place):
            let tap = try tap(place)
            return Found(brief: try holder(of: tap), tap: tap.id)
        }
    }

    func who(_ person: PersonID, doing: String) throws -> PersonBrief { PersonBrief(try file(of: person, why: doing)) }

    /// Says who it is about and what will happen, and goes on only with a yes.
    func confirm(_ question: String, about persons: [PersonBrief]) throws {
        for person in persons { console.note(words.person(person)) }
        try console.confirm(question, unless: arguments.has(.yes))
    }

    // MARK: What has been done

    /// What changed whom, and how it is taken back where it can be.
    func report(_ answer: PersonAnswer, _ done: String, undoable: Bool = false) throws {
        if json { return try console.json(answer) }
        guard let ruling = answer.ruling else { return console.line("nothing had to be changed: \(words.person(answer.person))") }
        console.line("\(done): \(words.person(answer.person))")
        console.note(undoable ? "to take it back: kazasu person undo \(ruling)" : "ruling \(ruling)")
    }
}

extension PersonBrief {
    init(_ file: PersonFile) {
        self.init(file.person, file.facts, file.residency, file.standing, cards: file.cards.count { $0.status == .active })
    }
}
