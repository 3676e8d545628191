import Contracts
import Glibc
import Notifier
import ServiceKit
import Store

/// What it costs to listen for the silence of many, and to tell many the same.
enum NoticeMeasure {
    private static let watched = 100_000
    private static let alarms = 2000
    private static let recipients = 20_000

    static func watches(folder: String, report: inout Report) throws {
        let hall = try NoticeHall(folder: folder)
        try fill(hall)
        try hall.hear()
        try hall.rest()
        let scan = try hall.timed {
            _ = try hall.disk.read { try $0.first("SELECT count(*) FROM watch WHERE last < 0 OR days < 0", read: { $0.int(0) }) }
        }
        hall.pass(.seconds(61))
        try hall.hear()
        report.add("\(watched) watched, none due: a look", try hall.timed { try hall.rest() }, "ms", floor: scan, floorName: "ms scan")
        try set(hall, "UPDATE watch SET due = 0")
        hall.pass(.seconds(61))
        try hall.hear()
        var longest = 0.0
        let before = processorTime()
        let all = try hall.timed { longest = try hall.rest() }
        let busy = processorTime() - before
        report.add("the same, each looked at, none silent", all, "ms", floor: scan, floorName: "ms scan", asked: "≤ 1,000")
        report.add("the same: processor time", busy, "ms", asked: "≤ 1,000")
        report.add("the same: the longest somebody else waits meanwhile", longest, "ms")
        try hall.learn(0..<alarms) { person, view in
            view.channels = [Reach(.mail, "p\(person)@mail.example")]
            view.tell = [.init(ShelterTown.person((person + 1) % alarms), as: .family, kinds: [.silence])]
        }
        try set(hall, "UPDATE watch SET last = last - 864000000, due = 0 WHERE person IN (SELECT person FROM view_person)")
        try hall.hear()
        let sent = hall.sent
        let raised = try hall.timed { try hall.rest() }
        guard hall.sent - sent == alarms else { throw Fatal("\(hall.sent - sent) of \(alarms) alarms have left") }
        report.add("alarms raised at once and handed over to mail", Double(alarms) * 1e3 / raised, "/s")
    }

    /// With two machines each, at which they hold their cards.
    private static func fill(_ hall: NoticeHall) throws {
        let now = hall.now
        try hall.disk.write { db in
            for number in 0..<watched {
                let person = ShelterTown.person(number).text
                let last = (now - .seconds(Int64(number % 86_400))).milliseconds
                try db.run(
                    "INSERT INTO watch (person, days, places, begun, last, stage, due) VALUES (?1, 3, '', ?2, ?2, 'quiet', ?3)", person,
                    last,
                    last + 3 * 86_400_000)
                for step in 0..<2 {
                    try db.run(
                        "INSERT INTO watch_gate (person, agent, first, last) VALUES (?, ?, ?, ?)", person,
                        BenchTown.gate((number + step * 7) % NoticeHall.agents + 1).text, last - 86_400_000, last)
                }
            }
        }
    }

    private static func set(_ hall: NoticeHall, _ sql: StaticString) throws { try hall.disk.write { try $0.run(sql) } }

    static func messages(folder: String, report: inout Report) throws {
        let hall = try NoticeHall(folder: folder)
        try hall.learn(0..<recipients) { person, view in
            (view.channels, view.agreed) = ([Reach(.mail, "p\(person)@mail.example")], ["town-events"])
        }
        let text = NoticeText(subject: "断水のお知らせ", body: String(repeating: "本日は断水します。", count: 40))
        try hall.ask(
            .openMessage, OpenMessage("water", "town-events", .ordinary, to: Audience(), texts: ["ja": text]), as: "hall")
        try hall.rest()
        try hall.ask(.decideMessage, DecideMessage(.approve, "water"), as: "press")
        var longest = 0.0
        let whole = try hall.timed { longest = try hall.rest() }
        guard hall.sent == recipients else { throw Fatal("\(hall.sent) of \(recipients) have left") }
        report.add(
            "a message to \(recipients): handed over and answered for", Double(recipients) * 1e3 / whole, "/s", asked: "≥ 67")
        report.add("the same: the longest somebody else waits meanwhile", longest, "ms")
    }
}

/// Of this process, in milliseconds: what others do on the machine meanwhile is not in it.
private func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
}
