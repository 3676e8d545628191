import Bus
import Contracts
import HTTP
import Harness
import ServiceKit
import Store
import Testing

@testable import Portal

@Suite("What a kiosk shows of the card itself")
struct KioskCardTests {
    @Test("A card that is held brings its number as bars, asked of the directory as the residents' page, and kept nowhere")
    func bars() throws {
        let stage = try KioskStage.library()
        _ = try stage.pair()
        try stage.tap(3)
        let command = try #require(try stage.asked().last)
        #expect(try stage.asked().count == 1 && command.data == FindCardNumber(of: .card(3), in: "library"))
        #expect(stage.portal.rig.published.contains { $0.topic == "nagai/resident-directory/command/resident-page/card-number" })
        #expect(stage.face.contains("class=\\\"own\\\"") && !stage.face.contains("barcode") && !stage.face.contains("data-sound"))
        try stage.number("7654321")
        #expect(stage.face.contains("A7654321A") && stage.face.contains("M6350 0h529v15000h-529z") && stage.stays() == 15_000)
        #expect(stage.face.contains("data-sound=\\\"granted\\\"") && stage.said("en").last?.contains("Library card") == true)
        let disk = String(decoding: try stage.portal.rig.disk.serialized(), as: UTF8.self)
        #expect(disk.contains("kiosk_screen") && !disk.contains("7654321") && !disk.contains(Token.card(3).text))
        #expect(!stage.portal.rig.log.contains { $0.contains("7654321") })
        #expect(try stage.portal.looks().allSatisfy { [.kiosk, .signOut].contains($0.at) })
    }

    @Test("The next person's tap ends it at once, before anybody has answered; a late answer is nobody's")
    func nextCard() throws {
        let stage = try KioskStage.library()
        _ = try stage.pair()
        try stage.tap(1)
        let first = try #require(try stage.asked().last)
        try stage.portal.rig.pass(.seconds(1))
        let count = stage.said().count
        try stage.tap(2)
        #expect(stage.said().dropFirst(count).first?.contains("class=\\\"idle\\\"") == true)
        try stage.answer(.accept(CardNumber("1111111")), to: first)
        #expect(!stage.said().contains { $0.contains("1111111") })
        try stage.number("2222222")
        #expect(stage.face.contains("A2222222A"))
        try stage.portal.rig.pass(.seconds(1))
        try stage.tap(3)
        #expect(!stage.face.contains("2222222"))
    }

    @Test("It ends when its time is over: fifteen seconds, or as long as the kiosk's screens stay; whoever comes later sees the idle face")
    func timeIsOver() throws {
        let stage = try KioskStage.library()
        let screen = try stage.pair()
        try stage.tap()
        try stage.number("7654321")
        try stage.portal.rig.pass(.seconds(14))
        #expect(stage.face.contains("A7654321A"))
        #expect(try stage.portal.get("/ja/kiosk/lobby", headers: screen)?.text.contains("7654321") == false)
        try stage.portal.rig.pass(.seconds(2))
        #expect(stage.isIdle)
        let long = try KioskStage.library { $0.kiosks[0].stays = .seconds(40) }
        _ = try long.pair()
        try long.tap()
        try long.number("7654321")
        #expect(long.stays() == 40_000)
    }

    @Test("The button ends it on every screen of the kiosk; an answer that comes after it is not shown")
    func button() throws {
        let stage = try KioskStage.library()
        let screen = try stage.pair()
        try stage.tap()
        try stage.number("7654321")
        #expect(stage.face.contains("action=\\\"/ja/kiosk/lobby/end\\\""))
        #expect(try stage.portal.post("/ja/kiosk/lobby/end", headers: screen)?.status == 303)
        #expect(stage.isIdle)
        try stage.portal.rig.pass(.seconds(1))
        try stage.tap()
        try stage.portal.post("/ja/kiosk/lobby/end", headers: screen)
        try stage.number("1111111")
        #expect(stage.isIdle && !stage.said().contains { $0.contains("1111111") })
    }

    @Test("A card without a number, a service that says no and one that says nothing: the screen says so, and what to do")
    func refused() throws {
        let stage = try KioskStage.library()
        _ = try stage.pair()
        for (word, sentence) in [("no-number", "no library number"), ("busy", "cannot be shown now")] {
            try stage.portal.rig.pass(.seconds(1))
            try stage.tap()
            try stage.answer(.refuse(word, "No. <b>"))
            #expect(stage.said("en").last?.contains(sentence) == true && stage.face.contains("data-sound=\\\"refused\\\""))
            #expect(!stage.face.contains("<b>"))
        }
        try stage.tap()
        try stage.portal.rig.pass(.seconds(11))
        #expect(stage.said("en").last?.contains("cannot be shown now") == true)
        try stage.portal.rig.pass(.seconds(16))
        #expect(stage.isIdle)
    }

    @Test(
        "Whatever stands in a list as a number, the screen shows bars of it or says that it cannot, and no markup",
        arguments: [
            ("KZ-39 $%/+.", PortalPolicy.LibraryCard.Symbology.code39, "KZ-39 $%/+." as String?), ("kz-39", .code39, nil),
            ("A\"B", .code39, nil),
            ("<script>", .code39, nil), ("", .codabar, nil), ("１２３", .codabar, nil), ("12E", .codabar, nil), ("*1*", .code39, nil),
            ("b12d", .codabar, "B12D"), ("-$:/.+", .codabar, "A-$:/.+A"), (String(repeating: "1", count: 49), .codabar, nil),
        ])
    func hostile(number: String, symbology: PortalPolicy.LibraryCard.Symbology, text: String?) throws {
        let stage = try KioskStage.library { $0.kiosks[0].library?.symbology = symbology }
        _ = try stage.pair()
        try stage.tap()
        try stage.number(number)
        #expect(stage.face.contains("class=\\\"barcode\\\"") == (text != nil) && !stage.face.contains("<script"))
        if let text {
            #expect(stage.face.contains(">\(text)</text>"))
        } else {
            #expect(stage.said("en").last?.contains("cannot be shown here") == true && (number.isEmpty || !stage.face.contains(number)))
            #expect(stage.portal.rig.log.contains { $0.contains("lobby") } && !stage.portal.rig.log.contains { $0.contains(" \(number) ") })
        }
    }

    @Test("Where no screen is this kiosk, nothing is asked of anybody")
    func nobodyLooks() throws {
        let stage = try KioskStage.library { $0.kiosks[0].showsCodes = true }
        try stage.tap()
        #expect(try stage.asked().isEmpty && stage.said().isEmpty)
        _ = try stage.pair()
        // One that was held long ago is none that somebody waits for.
        let old = stage.unheardTap()
        try stage.portal.rig.pass(.seconds(11))
        try stage.hear(old)
        #expect(try stage.asked().isEmpty)
    }

    @Test("What services say of the tap stands beside it, whichever comes first, and takes nothing away")
    func beside() throws {
        let stage = try KioskStage.library()
        _ = try stage.pair()
        let tap = stage.unheardTap()
        try stage.door(tap.id)
        try stage.hear(tap)
        try stage.number("7654321")
        #expect(stage.face.contains("A7654321A") && stage.said("en").last?.contains("The door opens") == true)
        try stage.portal.rig.pass(.seconds(5))
        try stage.say(PointsFeedback(tap: tap.id, reader: "reader-1", signal: .earned, amount: 12), on: .pointsFeedback)
        #expect(stage.face.contains("A7654321A") && stage.said("en").last?.contains("earned 12") == true && stage.stays() == 10_000)
        try stage.portal.rig.pass(.seconds(9))
        #expect(stage.face.contains("A7654321A"))
        try stage.portal.rig.pass(.seconds(2))
        #expect(stage.isIdle)
    }

    @Test("A kiosk that shows codes draws one for each tap, for half a minute, with a picture for phones")
    func codes() throws {
        let stage = try KioskStage { policy in
            policy.isForResidents = true
            policy.kiosks[0].showsCodes = true
        }
        _ = try stage.pair()
        try stage.tap()
        let code = try #require(stage.face.split(separator: "<p class=\\\"code\\\">").dropFirst().first?.prefix { $0 != "<" })
        #expect(code.filter { $0 != "-" }.count == 8 && stage.face.contains("class=\\\"qr\\\"") && stage.stays() == 30_000)
        #expect(stage.face.contains("生年月日") && stage.said("en").last?.contains("date of birth") == true)
        #expect(try stage.asked().isEmpty && !(try stage.portal.rig.disk.serialized()).isEmpty)
        let disk = String(decoding: try stage.portal.rig.disk.serialized(), as: UTF8.self)
        #expect(!disk.contains(code))
        try stage.portal.rig.pass(.seconds(29))
        #expect(stage.face.contains(code))
        try stage.portal.rig.pass(.seconds(2))
        #expect(stage.isIdle)
    }

    @Test("A process that begins anew shows nothing of whoever stood there")
    func restart() throws {
        let stage = try KioskStage.library()
        _ = try stage.pair()
        try stage.tap()
        try stage.number("7654321")
        let before = stage.portal.rig.host.service
        try stage.portal.rig.start(
            Portal(policy: before.policy, town: before.town, vault: before.vault, files: before.files, signIn: before.signIn))
        try stage.portal.rig.settle()
        stage.portal.rig.forgetWhatWasSaid()
        try stage.portal.rig.pass(.seconds(20))
        #expect(stage.isIdle && !stage.said().contains { $0.contains("7654321") })
    }

    @Test(
        "In whatever order cards, answers, other news and buttons come, the number shown is that of the last card",
        arguments: 0..<30 as Range<UInt64>)
    func anyOrder(seed: UInt64) throws {
        let stage = try KioskStage.library()
        let screen = try stage.pair()
        var chance = Seeded(seed)
        var (open, last): ([Envelope<FindCardNumber>], (card: Int, tap: EventID)?) = ([], nil)
        for _ in 0..<25 {
            switch chance.below(5) {
            case 0:
                let card = 1 + chance.below(9)
                try stage.portal.rig.pass(.milliseconds(10))
                last = (card, try stage.tap(card))
                open.append(try #require(try stage.asked().last))
            case 1, 2:
                guard !open.isEmpty else { break }
                let command = open.remove(at: chance.below(open.count))
                let card = try #require((1...9).first { Token.card($0) == command.data.token })
                try stage.answer(.accept(CardNumber(String(repeating: "\(card)", count: 7))), to: command)
            case 3: if let last { try stage.say(PointsFeedback(tap: last.tap, reader: "reader-1", signal: .earned), on: .pointsFeedback) }
            default: if chance.oneIn(3) { try stage.portal.post("/ja/kiosk/lobby/end", headers: screen) }
            }
            for card in 1...9 where stage.face.contains(String(repeating: "\(card)", count: 7)) {
                #expect(card == last?.card, "seed \(seed)")
            }
        }
    }
}
