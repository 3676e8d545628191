import Contracts
import Glibc
import Launch
import ServiceKit
import Store
import Testing
import VirtualReader

@testable import Kazasu

extension EndToEndTests {
    @Test("A town at work is backed up; a damaged ledger is put back and learns the rest from the others; a dead disk is put back whole")
    func backup() throws {
        let town = try SmallTown(
            """
            agents:
              gym: { readers: { gate: { device: "ACS ACR122U gate", place: gym, purpose: visit } } }
              office: { readers: { counter: { device: "ACS ACR122U counter", place: town-hall, purpose: enrol } } }
            registrars: [civil-affairs]
            points-desks: [chamber]
            points:
              purses: { points: { title: ながいポイント, expires: 24 months } }
              rules: { visit: { title: 来館, purse: points, gives: 10, on: [visit] } }
            backups: { to: FOLDER/repository, at: "03:00" }
            """, readers: ["gate", "counter"])
        defer { town.strike() }
        let data = "\(town.folder)/data"
        func say(_ words: [String]) throws -> String { try town.end(town.start(words)).joined(separator: "\n") }
        let card = Cast.felica(7)
        let enrolment = try town.start(
            ["person", "add", "--tap", "office/counter", "--json"], typing: "name: 長井 花子\nreading: ナガイ ハナコ\nborn: S29.3.1\n")
        try town.held(card, for: enrolment, "hold the card over office/counter")
        let person = try Array(#require(town.end(enrolment).last).utf8).decoded(as: PersonAnswer.self).person.person
        func balance() throws -> Int64 {
            let shown: PointsShown = try Array(say(["points", "balance", person.text, "--json"]).utf8).decoded()
            return shown.lots.reduce(0) { $0 + $1.amount }
        }
        func visit(_ times: Int) throws {
            let ear = try town.start(["tail"])
            defer { ear.signal(SIGTERM) }
            func heard() -> Int {
                ear.look()
                return ear.lines.count { $0.contains("gym/gate") && $0.contains("card read") }
            }
            try town.wait("the ear to hear of the readers") {
                ear.look()
                return !ear.lines.isEmpty
            }
            for tap in 1...times { try town.hold(card, at: SmallTown.gate) { heard() == tap } }
        }

        try visit(4)
        try town.wait("forty points") { try balance() == 40 }
        #expect(try say(["backup"]).hasPrefix("backup "))
        try visit(3)
        try town.wait("seventy points") { try balance() == 70 }
        #expect(try say(["backup", "try"]) == "the newest backup is well: it can be put back")

        // Who did what, and nothing of it altered; then the broker goes, and all are back.
        let enrolled = #""command":"person-put""#
        #expect(try say(["audit", "show", "--who", "registrar-civil-affairs", "--json"]).contains(enrolled))
        #expect(try say(["audit", "verify", "--backups"]).contains("well"))
        #expect(try say(["drill", "broker-restart", "--yes"]).hasPrefix("broker-restart went well"))
        #expect(try say(["drill", "list"]).contains("well"))

        // Keys and passwords stand in files, and nowhere that others of this machine can look.
        let secrets = Secrets(of: data)
        let processes = secrets.processes(of: town.folder)
        #expect(secrets.count > 20 && processes.looked > 5 && processes.found.isEmpty, "\(processes)")
        #expect(secrets.logs(of: data).isEmpty)

        // The ledger's file is damaged: the backup knows four visits, the reader's own journal all seven.
        try town.stop()
        try Database(path: "\(data)/state/resident-directory-main.sqlite").write { (db: borrowing Transaction) throws in
            try db.run("DROP TRIGGER audit_is_kept")
            try db.run("UPDATE audit_entry SET who = 'registrar-nobody' WHERE n = 1")
        }
        let file = open("\(data)/state/points-main.sqlite", O_RDWR)
        #expect(pwrite(file, [UInt8](repeating: 7, count: 4096), 4096, 4096) == 4096)
        close(file)
        let restored = try town.start(["restore", "\(town.folder)/repository", "--only", "points-main", "--data", data])
        #expect(try town.end(restored).contains { $0.hasPrefix("put back: 1 databases as of ") })
        #expect(fileNames(in: "\(data)/state").contains { $0.hasPrefix("points-main.sqlite.") }, "what was there is kept")
        try town.startAgain()
        try town.wait("seventy points again") { try balance() == 70 }
        #expect(try say(["points", "verify"]).contains("7"))

        // Somebody has altered who enrolled her: the audit says so, and so does the next backup.
        let verify = try town.start(["audit", "verify"])
        try town.wait("the audit") {
            verify.look()
            return verify.code != nil
        }
        #expect(verify.code == 1 && verify.lines.joined().contains("entry 1, of"), "\(verify.lines)")

        // The machine burns down. What is left is the repository, and the password on paper.
        #expect(try say(["backup"]).contains("resident-directory-main: entry 1, of"))
        try town.stop(by: SIGKILL)
        #expect(rename("\(data)/keys/backup.password", "\(town.folder)/paper") == 0)
        try remove(data)
        let fresh = try town.start(["restore", "\(town.folder)/repository", "--password-file", "\(town.folder)/paper", "--data", data])
        #expect(try town.end(fresh).contains { $0.hasPrefix("put back: 5 databases as of ") })
        try town.startAgain()
        try town.wait("what the backup knows") { try balance() == 70 }
        let found = try town.start(["person", "find"], typing: "reading: ナガイ ハナコ\nborn: S29.3.1\n")
        #expect(try town.end(found).joined().contains("長井 花子"))
        try visit(1)
        try town.wait("eighty points") { try balance() == 80 }
        #expect(try say(["health", "--json"]).components(of: "\"restored\":{") == 5)
    }
}

extension String {
    fileprivate func components(of text: String) -> Int {
        var (count, rest) = (0, self[...])
        while let found = rest.firstRange(of: text) { (count, rest) = (count + 1, rest[found.upperBound...]) }
        return count
    }
}
