import Contracts
import Town

/// A station for notices (お知らせ窓口) for the length of one command: it asks the notifier, and says what will happen before anything leaves.
struct NoticeCounter {
    let desk: Desk
    let town: Town
    let policy: NoticesPolicy
    let console: Console
    let words: PlainWords
    private let arguments: Arguments

    static let options = [Option.language.shape, Flag.json.shape] + Station.options
    /// Of commands that send something.
    static let sending = [Flag.yes.shape] + options

    init(_ arguments: Arguments, _ console: Console) throws {
        let station = try Station(arguments, console)
        guard let policy = station.town.notices else {
            throw Failure.refused("this town tells nobody anything. Add notices to its file (Docs/town.md), and start it again: kazasu up")
        }
        desk = try station.noticeDesk()
        (town, self.policy, self.arguments, self.console) = (station.town, policy, arguments, console)
        words = PlainWords(try arguments.optional(.language) ?? .en, town)
    }

    var json: Bool { arguments.has(.json) }
    var today: CalendarDate { console.now().date(town.offset) }

    /// The answer, or the failure a person is told.
    func ask<Body: CommandBody>(_ command: Body, on channel: Channel<Body>) throws -> Body.Answer {
        try desk.ask(command, on: channel, for: Body.Answer.self)
    }

    /// Goes on only with a yes.
    func confirm(_ question: String) throws { try console.confirm(question, unless: arguments.has(.yes)) }

    func school(_ id: SchoolID) throws -> School {
        if let school = policy.school(id) { return school }
        let known = policy.schools.map(\.id.text)
        let near = nearest(to: id.text, among: known).map { " Did you mean \($0)?" } ?? ""
        throw Failure.refused(
            "there is no school \(id) in this town.\(near) It has: \(known.isEmpty ? "none" : known.prefix(20).joined(separator: ", ")).")
    }

    // MARK: Messages of the town

    func message(_ id: TownMessageID) throws -> TownMessage {
        guard let message = try ask(ListMessages(message: id), on: .listMessages).messages.first else {
            throw Failure.refused("there is no message \(id). See: kazasu notice list")
        }
        return message
    }

    /// Whom it would reach, some hundred people at a time.
    func count(_ audience: Audience, _ kind: NoticeKind, _ tier: TownMessage.Tier) throws -> AudienceCount {
        var all = AudienceCount(recipients: 0, declined: 0, unreachable: 0, next: nil)
        repeat {
            let part = try ask(CountAudience(audience, kind, tier, after: all.next), on: .countAudience)
            all.recipients += part.recipients
            all.declined += part.declined
            all.unreachable += part.unreachable
            all.next = part.next
            console.progress(words.summary(all))
        } while all.next != nil
        console.progress("")
        return all
    }

    func decide(_ decision: DecideMessage.Decision, _ id: TownMessageID) throws -> TownMessage {
        try ask(DecideMessage(decision, id), on: .decideMessage).message
    }

    /// Another station than the one that has drawn it up; the notifier sees to it, and here it is explained.
    func checkSecondPerson(_ message: TownMessage) throws {
        let user = desk.session.user
        guard message.proposedBy == user, message.stage == .draft else { return }
        let others = town.noticeDesks.filter { Role.noticeDesk.user($0.named()) != user }.map(\.text)
        throw Failure.refused(
            others.isEmpty
                ? "\(user) has drawn it up, and a second person has to approve it. Add a second desk to the town's file: notice-desks: [\(desk.session.instance), second]"
                : "\(user) has drawn it up, and a second person has to approve it: --as \(others.prefix(20).joined(separator: " or --as "))"
        )
    }

    func show(_ message: TownMessage) throws {
        if json { return try console.json(message) }
        console.line("\(message.id)  \(message.stage.phrase[words.language])  \(words.summary(message))")
        for (language, text) in message.texts.sorted(by: { $0.key < $1.key }) {
            console.line("  \(language): \(harmless(text.subject))")
        }
    }

    // MARK: Files

    func write(header: [String], rows: [[String]], to path: String) throws {
        try console.write(header: header, rows: rows, to: path, as: try arguments.optional(.encoding))
    }
}
