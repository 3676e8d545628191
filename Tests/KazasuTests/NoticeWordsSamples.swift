import Contracts
import Testing

@testable import Kazasu

extension WordsTests {
    /// What operators read of notices, and what is said of it.
    static func noticeSamples() throws -> [(topic: String, json: [UInt8], en: String, ja: String)] {
        func envelope<Body: Payload>(_ data: Body) throws -> [UInt8] {
            try Envelope(id: id, source: "/nagai/x/y", time: at, data: data).json()
        }
        let hanako = Sample.hanako
        var ended = DeliveryEnded(.arrived, about: id, to: .person(hanako), .sent, attempts: 1)
        (ended.way, ended.code) = (.mail, 250)
        var watch = WatchChanged(hanako, days: 3, by: "notice-desk-hall")
        watch.places = ["gym"]
        let absence = ReportAbsence(hanako, at: "east", from: "2026-11-24", until: "2026-11-24")
        return [
            (
                "notifier/event/main/delivery", try envelope(ended), "main  arrived → \(hanako): handed over, mail 250",
                "main  登校 → \(hanako): 送信済, メール 250"
            ),
            (
                "notifier/event/main/delivery",
                try envelope(DeliveryEnded(.leftOnBoard, about: id, to: .contact("town-hall"), .failed, attempts: 4)),
                "main  left on board → town-hall: not delivered", "main  降車未確認 → town-hall: 不達"
            ),
            (
                "notifier/event/main/delivery", try envelope(DeliveryEnded(.signIn, about: id, to: .person(hanako), .late, attempts: 2)),
                "main  link to the own page → \(hanako): of no use any more", "main  ページの入り口 → \(hanako): 期限切れ"
            ),
            (
                "notifier/event/main/delivery", try envelope(DeliveryEnded(.prove, about: id, to: .person(hanako), .late, attempts: 2)),
                "main  code for an address → \(hanako): of no use any more", "main  届け先の確認番号 → \(hanako): 期限切れ"
            ),
            (
                "notifier/event/main/message", try envelope(MessageChanged(NoticesSample.message(), by: "notice-desk-hall")),
                "water  drawn up; another desk has to approve: ◆ ordinary, town", "water  起案済(別の窓口の承認待ち)：◆一般、town"
            ),
            (
                "notifier/event/main/absence", try envelope(AbsenceReported(absence, by: "notice-desk-hall")),
                "east  \(hanako) is absent from east, 2026-11-24", "east  \(hanako) east 欠席 2026-11-24"
            ),
            (
                "notifier/event/main/absence", try envelope(AbsenceReported(absence, by: "resident-page", guardian: Sample.hanako)),
                "east  \(hanako) is absent from east, 2026-11-24", "east  \(hanako) east 欠席 2026-11-24"
            ),
            (
                "notifier/event/main/school-day",
                try envelope(SchoolDayChanged(ChangeSchoolDay("east", on: "2026-11-24", isClosed: true), by: "notice-desk-hall")),
                "east  east 2026-11-24: no school", "east  east 2026-11-24: 休校"
            ),
            (
                "notifier/event/main/school-alarm",
                try envelope(SchoolAlarm(.notArrived, of: hanako, at: "east", on: "2026-11-21", due: at)),
                "east  \(hanako) has not arrived",
                "east  \(hanako) 未登校"
            ),
            (
                "notifier/event/main/silence", try envelope(SilenceRaised(.family, of: hanako, last: at)),
                "\(hanako)  silent, family told, last seen 2026-11-21 08:00", "\(hanako)  警報(家族へ連絡)、最後の使用 2026-11-21 08:00"
            ),
            ("notifier/event/main/watch", try envelope(watch), "\(hanako)  watched over: 3 days", "\(hanako)  見守り：3日"),
        ]
    }
}
