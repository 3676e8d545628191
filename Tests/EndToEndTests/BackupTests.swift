import Contracts
import Glibc
import Launch
import ServiceKit
import Store
import Testing
import VirtualReader

@testable import Kazasu

extension EndToEndTests {
    @Test(
        "A town at work is backed up; a damaged ledger is put back and learns the rest from the others, and desks give again what they had commanded; a dead disk is put back whole"
    )
    func backup() throws {
        let town = try SmallTown(
            """
            agents:
              gym: { readers: { gate: { device: "ACS ACR122U gate", place: gym, purpose: visit } } }
              office: { readers: { counter: { device: "ACS ACR122U counter", place: town-hall, purpose: enrol } } }
            doors: { hall: { accepts: read } }
            desks: [office]
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

        // Commanded after the backup: somebody is given points, a door is booked, and a person is enrolled.
        let award = ["points", "award", person.text, "5", "points", "--why", "volunteer-day"]
        func book(_ hour: Int) -> [String] {
            ["booking", "add", "hall", "--person", person.text, "--from", "2099-01-01 \(hour):00", "--to", "2099-01-01 \(hour + 1):00"]
        }
        func enrol(_ name: String, _ reading: String, born: String) throws -> [String] {
            try town.end(town.start(["person", "add"], typing: "name: \(name)\nreading: \(reading)\nborn: \(born)\n"))
        }
        func sons() throws -> Int {
            let found = try town.start(["person", "find"], typing: "reading: ナガイ タロウ\nborn: S30.1.1\n")
            return try town.end(found).count { $0.contains("長井 太郎") }
        }
        func bookings() throws -> Int {
            try say(["booking", "list", "--day", "2099-01-01", "--json"]).components(of: "\"door\":\"hall\"")
        }
        _ = try say(award)
        _ = try say(book(10))
        _ = try enrol("長井 太郎", "ナガイ タロウ", born: "S30.1.1")
        #expect(try balance() == 75 && bookings() == 1 && sons() == 1)

        // The power goes, and the ledger's file is damaged: the backup knows four visits, the reader's own journal all seven.
        try town.stop(by: SIGKILL)
        let register = try town.start(["restore", "\(town.folder)/repository", "--only", "resident-directory-main", "--data", data])
        #expect(try town.end(register).contains { $0.contains("desks give again") })
        // The bookings' too, and of that one nobody says anything.
        for end in ["", "-wal", "-shm"] { try? remove("\(data)/state/lock-controller-main.sqlite\(end)") }
        #expect(rename("\(data)/copies/lock-controller-main.sqlite", "\(data)/state/lock-controller-main.sqlite") == 0)
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
        #expect(try bookings() == 0 && sons() == 0)
        for (command, service) in [(award, "points--main was put back"), (book(12), "lock-controller--main works on an older copy")] {
            let said = try say(command)
            #expect(said.contains(service) && said.contains("given again now: 1 obeyed now"), "\(said)")
        }
        let third = try enrol("長井 咲", "ナガイ サキ", born: "H12.5.5")
        #expect(third.contains { $0.contains("resident-directory--main was put back") && $0.contains("1 obeyed now") }, "\(third)")
        #expect(try balance() == 80 && bookings() == 2 && sons() == 1)
        #expect(try say(["again", "--yes"]).contains("given again: 7 known"))
        #expect(try balance() == 80 && bookings() == 2 && sons() == 1)
        #expect(try say(["points", "verify"]).contains("9"))

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
        try town.wait("what the backup knows") { try balance() == 80 }
        let found = try town.start(["person", "find"], typing: "reading: ナガイ ハナコ\nborn: S29.3.1\n")
        #expect(try town.end(found).joined().contains("長井 花子"))
        try visit(1)
        try town.wait("ninety points") { try balance() == 90 }
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
