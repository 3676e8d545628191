import Contracts
import Sheets
import Testing

@testable import Kazasu

@Suite("At a desk for notices")
struct NoticeDeskTests {
    private let clerk = NoticesSample.clerk()
    private var service: PaperDirectory { clerk.directory }
    private let hanako = Sample.hanako

    private func file(_ text: String) -> String {
        let path = clerk.scratch.path + "/message.txt"
        write(text, to: path)
        return path
    }

    @Test(
        "Before a message is drawn up it is counted whom it would reach, some hundred people at a time; another desk is named to approve it"
    )
    func send() throws {
        service.answer(.countAudience) { asked in
            .accept(AudienceCount(recipients: 600, declined: 10, unreachable: 1, next: asked.after == nil ? Sample.hanako : nil))
        }
        service.answer(.openMessage) {
            .accept(MessageChanged(TownMessage($0, by: "notice-desk-hall", at: Sample.at), by: "notice-desk-hall"))
        }
        let path = file("断水のお知らせ\r\n\r\n今夜10時から水道が止まります。\r\n")
        let words = [
            "notice", "send", "water", "--text", "ja=\(path)", "--district", "平野", "--district", "伊佐沢", "--link", "https://nagai.example/w",
        ]
        #expect(clerk.run(all: words, typing: ["n"], atTerminal: true) == .refused)
        #expect(clerk.err.contains("1,200 people, 2 of them without an address that works; 20 do not want it"), "\(clerk.err)")
        #expect(try service.commands(.openMessage).isEmpty)
        #expect(clerk.run(all: words, typing: ["y"], atTerminal: true) == .done, "\(clerk.err)")
        let sent = try #require(try service.commands(.openMessage).first)
        #expect(sent.texts == ["ja": NoticeText(subject: "断水のお知らせ", body: "今夜10時から水道が止まります。")])
        #expect(sent.audience.districts == ["平野", "伊佐沢"] && sent.kind == .town && sent.tier == .ordinary && sent.links?.count == 1)
        #expect(clerk.out.hasPrefix("water  drawn up; another desk has to approve"), "\(clerk.out)")
        #expect(clerk.err.contains("kazasu notice approve water --as NAME"))
        #expect(clerk.run("notice", "send", "water", "--class", "3-2") == .usage && clerk.err.contains("--school"))
        #expect(clerk.run("notice", "send", "water", "--text", "ja=\(file("only a title"))", "--yes") == .refused)
        #expect(clerk.err.contains("needs a title in its first line"))
    }

    @Test("Whoever has drawn it up does not approve it; another desk sees what it says before it does")
    func approve() throws {
        service.answer(.listMessages) { _ in .accept(MessageList([NoticesSample.message()], more: false)) }
        service.answer(.decideMessage) { _ in .accept(MessageChanged(NoticesSample.message(.sending), by: "notice-desk-press")) }
        #expect(clerk.run("notice", "approve", "water", "--yes") == .refused)
        #expect(clerk.err.contains("a second person has to approve it: --as press or --as staff-room"), "\(clerk.err)")
        #expect(clerk.run("notice", "approve", "water", "--yes", "--as", "press") == .done, "\(clerk.err)")
        #expect(clerk.err.contains("今夜10時から水道が止まります。"))
        #expect(try service.commands(.decideMessage) == [DecideMessage(.approve, "water")])
        #expect(clerk.run("notice", "withdraw", "water", "--yes") == .done && clerk.run("notice", "test", "water") == .done)
        #expect(try service.commands(.decideMessage).map(\.decision) == [.approve, .withdraw, .test])
    }

    @Test("What waits and what failed, with the carrier's words; a delivery that failed ends with 1")
    func status() throws {
        service.answer(.listDeliveries) { asked in
            .accept(
                DeliveryList([NoticesSample.line(.failed)], more: false, backlog: Backlog(count: 3, oldest: Sample.at, perhapsTwice: 1)))
        }
        #expect(clerk.run("notice", "status", "--person", hanako.text) == .refused, "\(clerk.err)")
        #expect(
            clerk.out == """
                3 wait, the oldest since 2026-11-21 08:15; 1 may have come twice
                HAPPENED          WHAT     TO                  BY    STAGE          DELIVERY                    WHY
                2026-11-21 08:15  arrived  \(hanako)  mail  not delivered  01M7XK0AFVK44QA81DMZTQQDC8  550 no such user

                """, "\(clerk.out)")
        #expect(try service.commands(.listDeliveries).first?.person == hanako)
        service.answer(.followUp) { _ in .accept(NoticesSample.line(.followedUp)) }
        #expect(clerk.run("notice", "follow-up", "01M7XK0AFVK44QA81DMZTQQDC8", "--lang", "ja") == .done && clerk.out.contains("個別連絡済"))
    }

    @Test("The list of those whom messages do not reach, page by page, as a sheet too")
    func unreached() throws {
        service.answer(.listUnreached) { asked in
            .accept(
                UnreachedList(
                    [Unreached(asked.after == nil ? Sample.hanako : PersonID("p-aaaaaaaaaaaaaaaa")!, .mail, since: Sample.at, code: 550)],
                    more: asked.after == nil))
        }
        #expect(clerk.run("notice", "unreached") == .refused)
        #expect(clerk.out.split(separator: "\n").count == 3, "\(clerk.out)")
        let path = clerk.scratch.path + "/unreached.csv"
        #expect(clerk.run("notice", "unreached", "--csv", path) == .refused)
        var sheet = try SheetReader(try readWhole(path))
        #expect(sheet.header == ["住民番号", "手段", "いつから", "応答"])
        #expect(try sheet.next()?.get().cells == [hanako.text, "メール", "2026-11-21 08:15", "550"])
    }

    @Test("A mail that came back is read from standard input, and what is none is left alone")
    func bounce() throws {
        service.answer(.noteBounce) { _ in .accept(NoticesSample.line(.deferred)) }
        let report = [
            "To: bounce+01m7xk0afvk44qa81dmztqqdc8@nagai.example",
            "Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"", "",
            "--b", "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; mx.example", "", "Action: failed", "Status: 5.1.1", "",
            "--b--",
        ]
        #expect(clerk.run(all: ["notice", "bounce"], typing: report) == .done, "\(clerk.err)")
        #expect(try service.commands(.noteBounce) == [NoteBounce(Sample.delivery, status: "5.1.1", isPermanent: true)])
        #expect(clerk.run(all: ["notice", "bounce"], typing: ["Subject: I am away", "", "until Monday"]) == .done)
        #expect(clerk.err.contains("no report of a mail that came back"))
        #expect(try service.commands(.noteBounce).count == 1)
    }

    @Test("Who has not come is named, and the command ends with 1; where the gate is silent it says since when")
    func school() throws {
        service.answer(.listPupils) { asked in
            var list = PupilList("east", on: "2026-11-21", due: Sample.at)
            let isFirst = asked.after == 0
            var pupil = PupilDay(isFirst ? Sample.hanako : PersonID("p-aaaaaaaaaaaaaaaa")!, isFirst ? .arrived : .notArrived)
            (pupil.name, pupil.schoolClass) = ("長井 花子", "3-2")
            if isFirst { pupil.arrived = Sample.at }
            (list.pupils, list.more, list.tally) = ([pupil], isFirst, ["arrived": 1, "not-arrived": 1])
            list.silent = [SilentGate("office", since: Sample.at)]
            return .accept(list)
        }
        #expect(clerk.run("school", "today", "east") == .refused, "\(clerk.err)")
        #expect(
            clerk.out == """
                東小学校 2026-11-21, due 08:15: 1 arrived, 1 NOT ARRIVED
                office has been silent since 2026-11-21 08:15
                CLASS  NAME       STATE        ARRIVED  LEFT  PERSON
                3-2    長井 花子  arrived      08:15    -     \(hanako)
                3-2    長井 花子  NOT ARRIVED  -        -     p-aaaaaaaaaaaaaaaa

                """, "\(clerk.out)")
        #expect(clerk.run("school", "today", "west") == .refused && clerk.err.contains("Did you mean east?"))
        service.answer(.changeSchoolDay) { .accept(SchoolDayChanged($0, by: "notice-desk-hall")) }
        #expect(clerk.run("school", "day", "east", "2026-11-24", "--hours", "08:30-12:00") == .done, "\(clerk.err)")
        #expect(clerk.out == "east 2026-11-24: 8:30–12:00\n")
        #expect(try service.commands(.changeSchoolDay) == [ChangeSchoolDay("east", on: "2026-11-24", from: 510, until: 720)])
        #expect(clerk.run("school", "day", "east", "2026-11-24") == .usage)
        service.answer(.reportAbsence) { .accept(AbsenceReported($0, by: "notice-desk-hall")) }
        #expect(clerk.run("school", "absence", "east", hanako.text, "--from", "2026-11-24", "--to", "2026-11-27", "--lang", "ja") == .done)
        #expect(clerk.out == "\(hanako) east 欠席 2026-11-24–2026-11-27\n", "\(clerk.out)")
    }

    @Test("Who has been silent for too long stands in the list until somebody has looked in on them")
    func watch() throws {
        var silent = Watch(hanako, days: 3, last: Sample.at, stage: .family)
        service.answer(.listWatches) { [silent] _ in .accept(WatchList([silent], more: false)) }
        #expect(clerk.run("notice", "watches") == .refused && clerk.out.contains("SILENT, family told"), "\(clerk.out)")
        (silent.stage, silent.words) = (.seenTo, "訪問し、お元気でした")
        service.answer(.acknowledgeSilence) { [silent] _ in .accept(WatchAnswer(silent)) }
        #expect(clerk.run("notice", "visited", hanako.text, "訪問し、お元気でした") == .done && clerk.out.contains("お元気でした"), "\(clerk.err)")
        #expect(try service.commands(.acknowledgeSilence) == [AcknowledgeSilence(hanako, words: "訪問し、お元気でした")])
        service.answer(.putWatch) { wish in .accept(WatchAnswer(Watch(wish.person, days: wish.days ?? 3, last: Sample.at, stage: .quiet))) }
        #expect(clerk.run("notice", "watch", hanako.text, "--days", "5", "--place", "gym") == .done, "\(clerk.err)")
        #expect(try service.commands(.putWatch) == [PutWatch(hanako, days: 5, places: ["gym"])])
        #expect(clerk.run("notice", "watch", hanako.text, "--days", "0") == .usage)
    }
}
