import Contracts
import Glibc
import Launch
import ServiceKit
import Testing
import VirtualReader

@testable import Kazasu

extension EndToEndTests {
    @Test("A child's card at the gate is a mail to the parent, once for each time, though mail server and notifier die again and again")
    func notices() throws {
        let port = try unusedPort()
        let town = try SmallTown(
            """
            agents:
              school: { readers: { gate: { device: "ACS ACR122U gate", place: school, purpose: school-gate } } }
              office: { readers: { counter: { device: "ACS ACR122U counter", place: town-hall, purpose: enrol } } }
            registrars: [civil-affairs]
            notice-desks: [hall]
            schedules: { all-day: { hours: { mon-sun: "23:58-24:00" } } }
            notices:
              mail: { server: localhost, port: \(port), encryption: none, from: oshirase@nagai.example, bounces: bounce@nagai.example }
              quiet: "00:00-00:00"
              schools: { first: { title: 第一小学校, schedule: all-day, gates: [school], pause: 1s } }
            """)
        defer { town.strike() }
        let mail = try MailServer(port: port, in: town.folder)
        defer { mail.stop() }
        func say(_ words: [String], typing text: String = "") throws -> String {
            try town.end(town.start(words, typing: text)).joined(separator: "\n")
        }
        func enrol(_ card: VirtualCard, _ form: String) throws -> PersonID {
            let command = try town.start(["person", "add", "--tap", "office/counter", "--json"], typing: form)
            try town.held(card, for: command, "hold the card over office/counter")
            return try Array(#require(town.end(command).last).utf8).decoded(as: PersonAnswer.self).person.person
        }
        let (child, parent) = (Cast.felica(7), Cast.felica(8))
        let pupil = try enrol(child, "name: 長井 太郎\nreading: ナガイ タロウ\nborn: H30.5.1\nschool: 第一小学校\nclass: 1-2\nstanding: registered\n")
        let guardian = try enrol(parent, "name: 長井 一郎\nreading: ナガイ イチロウ\nborn: S60.3.1\nchannels: mail parent@home.example\n")
        let ceremony = try town.start(["relation", "guardian", "--tap", "office/counter", "--yes"])
        try town.held(parent, for: ceremony, "guardian's")
        try town.held(child, for: ceremony, "child's")
        _ = try town.end(ceremony)
        _ = try say(["consent", "give", "notifier", "school-gate", guardian.text, "--wording", "2026-04", "--how", "paper", "--yes"])

        let ear = try town.start(["tail"])
        try town.wait("the ear to hear of the readers") {
            ear.look()
            return !ear.lines.isEmpty
        }
        var taps = 0
        func tap() throws {
            taps += 1
            try town.hold(child, at: SmallTown.gate) {
                ear.look()
                return ear.lines.count { $0.contains("school/gate") && $0.contains("card read") } == taps
            }
        }
        for round in 0..<6 {
            try tap()
            if round == 1 { mail.stop() }
            if round == 3 { try mail.start() }
            if round % 2 == 1 { _ = system("pkill -KILL -f '/notifier --town \(town.folder)/'") }
            usleep(1_100_000)
        }
        // What the mail server refused is tried again half a minute later, and what a dying process had in hand after three.
        try town.wait("a mail for each tap", within: 300_000) { Set(mail.letters().map(\.id)).count == taps }
        let letters = mail.letters()
        #expect(letters.allSatisfy { $0.to == ["parent@home.example"] })
        #expect(letters.allSatisfy { $0.text.contains("長井 太郎さん") && $0.text.contains("第一小学校") })
        let backlog = try Array(say(["notice", "status", "--person", guardian.text, "--json"]).utf8).decoded(as: [DeliveryLine].self)
        #expect(backlog.count == taps && backlog.allSatisfy { $0.stage == .sent })
        // A mail that came twice is one whose repeat was counted.
        let twice = backlog.count { $0.isPerhapsTwice == true }
        #expect(letters.count <= taps + twice, "\(letters.count) letters, \(twice) perhaps twice")
        let today = try Array(say(["school", "today", "first", "--json"]).utf8).decoded(as: PupilList.self)
        #expect(today.pupils.map(\.person) == [pupil])
    }
}

/// The mail server of the tests of the post, with what it was given.
private final class MailServer {
    struct Letter: Decodable {
        let headers: [String: String]
        let text: String
        let to: [String]

        var id: String { headers["message-id"] ?? "" }
    }

    private let (port, folder): (Int, String)
    private var server: Errand?
    private var log: String { "\(folder)/mail.log" }

    init(port: Int, in folder: String) throws {
        (self.port, self.folder) = (port, folder)
        try start()
    }

    func start() throws {
        let script = #filePath.split(separator: "/").dropLast(2).map { "/\($0)" }.joined() + "/MailTests/Servers/smtp_server.py"
        let server = try Errand(
            ChildSpec("mail", .service, program: "/usr/bin/python3", arguments: [script, "--port", "\(port)", "--log", log]))
        let deadline = monotonicMilliseconds() + 30_000
        while server.lines.isEmpty, monotonicMilliseconds() < deadline {
            server.look()
            usleep(10_000)
        }
        self.server = server
    }

    func stop() {
        server?.signal(SIGKILL)
        let deadline = monotonicMilliseconds() + 5000
        while let server, server.code == nil, monotonicMilliseconds() < deadline {
            server.look()
            usleep(1000)
        }
        server = nil
    }

    func letters() -> [Letter] {
        guard let bytes = try? ListFile.bytes(of: log) else { return [] }
        return bytes.split(separator: UInt8(ascii: "\n")).compactMap { try? Array($0).decoded(as: Letter.self) }
    }
}
