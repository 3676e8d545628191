import Bus
import Contracts
import Glibc
import Harness
import Launch
import ServiceKit
import Testing
import Town
import VirtualReader

@testable import Kazasu

extension EndToEndTests {
    @Test(
        "A person is enrolled, agrees and opens a door: nobody but the counter and the shelters hears a name, and no log and no disk holds one"
    )
    func names() throws {
        try withTown(before: { try $0.letEverythingBeHeard(by: "operator-maintenance") }) { stage in
            let bus = Eavesdropper(stage.thief(of: "operator-maintenance"))
            try stage.wait("an ear for everything") { bus.hear() }
            let card = stage.cast.sato
            let person = try stage.enrol(Self.form, holding: card)
            let agree = ["consent", "give", "shelter", "care-needs", person.text, "--wording", "2026-04", "--how", "paper", "--yes"]
            _ = try stage.counter(agree)
            _ = try stage.counter(["person", "show", person.text, "--why", Self.reason])
            var resident = try Person(card, at: DemoTown.gymEntrance, in: stage)
            try stage.wait("the door's answer") {
                _ = bus.hear()
                return try resident.isDone(stage) && bus.messages.contains { $0.topic.hasSuffix("/door-decision") }
            }
            try stage.wait("the needs told to shelters") {
                _ = bus.hear()
                return bus.messages.contains { $0.topic.hasSuffix("/shelter-view") && has(Self.need, $0.payload) }
            }
            stage.strike()

            let sniffer = Sniffer(Self.words + Self.told, numbers: try numbers(of: card))
            for message in bus.messages where !mayName(message.topic) {
                let found = sniffer.found(in: message.payload).filter { !mayBeTold($0, message.topic) }
                #expect(found.isEmpty, "\(message.topic): \(found)")
            }
            #expect(bus.messages.count > 30 && bus.messages.contains { mayName($0.topic) && has(Self.words[0], $0.payload) })
            let files = try stage.allThatIsLeft()
            #expect(files.contains { $0.contains("resident-directory-main.sqlite") } && files.contains { $0.hasSuffix("town.log") })
            for file in files { #expect(sniffer.found(in: try readWhole(file)) == [], "\(file)") }
        }
    }

    /// Known to the counter alone.
    private static let words = ["世帯七七三一", "霧ヶ峰町四番", "1931-03-17", reason]
    /// Told to whoever needs it, in a view.
    private static let told = ["鷲巣 百舌子", "ワシノス モズコ", "鵯台", need, "090-1139-7731"]
    private static let reason = "椋鳥の件"
    private static let need = "吸入器"
    private static let form = [
        "name: 鷲巣 百舌子", "reading: ワシノス モズコ", "born: 1931-03-17", "address: 霧ヶ峰町四番", "district: 鵯台", "household: 世帯七七三一",
        "needs: \(need)", "channels: phone 090-1139-7731",
    ]

    private func has(_ word: String, _ bytes: [UInt8]) -> Bool { !Sniffer([word]).found(in: bytes).isEmpty }

    private func mayName(_ topic: String) -> Bool {
        topic.contains("/resident-directory/command/registrar-") || topic.contains("/resident-directory/reply/registrar-")
    }

    private func mayBeTold(_ word: String, _ topic: String) -> Bool {
        let views =
            word.hasPrefix("090-") ? ["notice-view"] : word == "鵯台" ? ["shelter-view", "visit-view", "notice-view"] : ["shelter-view"]
        return Self.told.contains(word) && views.contains { topic.hasSuffix("/resident-directory/event/main/\($0)") }
    }

    /// The number in the card's certificate and the certificate's own, from what the card has told its reader.
    private func numbers(of card: VirtualCard) throws -> [String: [UInt8]] {
        let certificate = try #require(card.log.map(\.answer).first { $0.starts(with: [0x30, 0x82]) && $0.count > 32 && $0[13] == 2 })
        let serial = Array(certificate[15..<15 + Int(certificate[14])])
        return ["the card's number": Array("N-000101".utf8), "the certificate's serial number": serial, "the card's UID": card.identifier]
    }
}

/// Somebody who hears every byte on the bus.
private final class Eavesdropper {
    private let wire: any Wire
    private(set) var messages: [Message] = []

    init(_ wire: any Wire) { self.wire = wire }
    deinit { wire.close() }

    func hear() -> Bool {
        for event in wire.receive(limit: 1000) {
            if case .connected = event { wire.subscribe([Subscription(filter: "#", qos: 1)]) }
            if case .message(let message) = event { messages.append(message) }
        }
        wire.flush()
        return !messages.isEmpty
    }
}

extension Stage {
    /// Gives a user a right that no town gives, before the broker starts.
    func letEverythingBeHeard(by user: UserID) throws {
        let file = try #require(fopen(data.accessControl, "a"))
        fputs("\nuser \(user)\ntopic read #\n", file)
        fclose(file)
    }

    /// Runs a command as the residents' counter, in this process.
    /// - Returns: what it wrote.
    func counter(_ words: [String], typing lines: [String] = [], holding card: VirtualCard? = nil) throws -> String {
        var (out, err, lines) = ("", "", lines)
        var console = Console.live
        console.out = { out += $0 }
        console.err = { err += $0 }
        console.read = { lines.isEmpty ? nil : lines.removeFirst() }
        console.isTerminal = false
        var person: Person?
        console.progress = { text in
            do {
                if text.hasPrefix("waiting for a card"), person == nil, let card { person = try Person(card, at: DemoTown.desk, in: self) }
            } catch { Issue.record(error) }
        }
        let code = Kazasu(commands: Kazasu.commands, console: console).run(
            words + ["--town", "\(folder)/town.yaml", "--data", data.root])
        #expect(code == .done, "\(words): \(err)")
        try wait("the lamp at the desk") { try person?.isDone(self) ?? true }
        return out
    }

    func enrol(_ form: [String], holding card: VirtualCard) throws -> PersonID {
        let out = try counter(["person", "add", "--tap", DemoTown.desk.description, "--yes", "--json"], typing: form, holding: card)
        return try Array(out.utf8).decoded(as: PersonAnswer.self).person.person
    }

    /// Every file that outlives the town and that somebody may find: databases with their logs, what all programs said, what the broker remembers.
    func allThatIsLeft() throws -> [String] {
        let errand = try Errand(
            ChildSpec(
                "find", .service, program: "/usr/bin/find",
                arguments: ["\(data.root)/state", data.brokerMemory, folder, "-maxdepth", "1", "-type", "f"]))
        let deadline = monotonicMilliseconds() + 10_000
        while errand.code == nil, monotonicMilliseconds() < deadline {
            usleep(10_000)
            errand.look()
        }
        return errand.lines.filter { !$0.hasSuffix("card-issuer.pem") }
    }
}
