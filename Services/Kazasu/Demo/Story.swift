import Contracts
import Glibc
import ServiceKit
import Town
import VirtualReader

/// What happens in the demonstration, from the first booking to the witness's account.
struct Story {
    let stage: Stage
    /// Taps of the crowd, beside those of the persons.
    let crowd: Int
    var chance: Chance
    private var fresh: UInt32 = 10_000
    private var chapter = 0
    /// 加藤さん, once she is enrolled.
    var kato: PersonID?

    init(_ stage: Stage, crowd: Int, seed: UInt64) {
        (self.stage, self.crowd) = (stage, crowd)
        chance = Chance(seed: seed)
    }

    mutating func play() throws {
        try bookings()
        try doors()
        try people()
        try copies()
        try oneTapIsOne()
        try breakIn()
        try shelterOpens()
        try pointsArePaid()
        try familyIsTold()
        try ownPage()
        try housesAreCounted()
        try weather()
        try search()
    }

    // MARK: Persons

    private mutating func bookings() throws {
        title("a clerk books the gym for Sato and her team by tap", "窓口で市民体育館を予約(佐藤さんとチーム)")
        let cast = stage.cast
        let offset = stage.town.offset
        let from = stage.console.now()
        let (now, next, end) = (from.minute(offset), (from + .seconds(1800)).minute(offset), (from + .seconds(3600)).minute(offset))
        let team = [cast.sato] + cast.team
        try book(["booking", "add", "gym", "--from", now, "--to", next], team)
        title("Suzuki books the slot after theirs", "鈴木さんが次の枠を予約")
        try book(["booking", "add", "gym", "--from", next, "--to", end], [cast.suzuki])
        title("the chess club gets the hall's door, with transit cards", "将棋クラブに公民館の鍵(交通系ICカード)")
        try book(["group", "add", "shogi"], [cast.yamada] + cast.club)
        try stage.clerk(["group", "open", "shogi", "hall"])
    }

    /// A command that asks for cards; each is held when it asks for it.
    @discardableResult
    func book(_ words: [String], _ cards: [VirtualCard], form: String = "", isOneCeremony: Bool = false) throws -> [String] {
        var rest = cards[...]
        var lying: VirtualSlot?
        let taps = cards.prefix(isOneCeremony ? 1 : cards.count).flatMap { _ in ["--tap", DemoTown.desk.description] }
        defer { lying?.remove() }
        return try stage.clerk(words + taps, form: form) { line in
            if line.contains("card over"), let card = rest.popFirst() {
                lying?.remove()
                let slot = stage.slot(DemoTown.desk)
                try slot.insert(card)
                lying = slot
                stage.taken[Stage.Spot(DemoTown.desk, card)] = monotonicMilliseconds()
                try stage.made.add(.tap, at: DemoTown.desk, stage.console.now())
            }
        }
    }

    private mutating func doors() throws {
        let cast = stage.cast
        title("Sato holds her card over the gym's reader", "佐藤さん:市民体育館")
        try show(cast.sato, at: DemoTown.gymEntrance, verdict: .open)
        title("Tanaka has a genuine card and no booking", "田中さん:予約なし")
        try show(cast.tanaka, at: DemoTown.gymEntrance, verdict: .refuse, .noRight)
        title("Suzuki comes half an hour early", "鈴木さん:予約時間前")
        try show(cast.suzuki, at: DemoTown.gymBack, verdict: .refuse, .tooEarly)
        title("a transit card proves nothing at the gym, and opens the hall for the club", "山田さん:交通系ICカード")
        try show(cast.yamada, at: DemoTown.gymEntrance, verdict: .refuse, .notProved)
        try show(cast.yamada, at: DemoTown.hallEntrance, verdict: .open)
    }

    private mutating func copies() throws {
        title("a copy of Sato's card, an expired card, a card of another town", "複製カード・期限切れ・他の町のカード")
        for card in [stage.cast.clone, stage.cast.expired, stage.cast.stranger] { try turnAway(card, at: DemoTown.gymEntrance) }
    }

    private mutating func oneTapIsOne() throws {
        title("a card held for three seconds is one tap; so is a hand that trembles", "長押しも二度かざしも一回")
        let visitor = Cast.felica(1)
        let mark = stage.ear.heard.count
        try stage.slot(DemoTown.lobby).insert(visitor)
        try stage.made.add(.tap, at: DemoTown.lobby, stage.console.now())
        try stage.pass(milliseconds: 2700)
        stage.slot(DemoTown.lobby).remove()
        let other = Cast.felica(2)
        for expected in [MadeFile.Expected.tap, .none] {
            var hold = try Hold(other, at: DemoTown.lobby, on: stage.slot(DemoTown.lobby))
            try stage.wait("the card to be read") { hold.isOver() }
            hold.lift()
            try stage.made.add(expected, at: DemoTown.lobby, stage.console.now())
        }
        let ear = stage.ear
        let taps = { ear.heard[mark...].count { $0.reader == DemoTown.lobby } }
        try stage.wait("both taps") { taps() >= 2 }
        try stage.pass(milliseconds: 200)
        guard taps() == 2 else { throw Failure.refused("two cards made \(taps()) taps at \(DemoTown.lobby); two were expected.") }
        stage.say("    \(DemoTown.lobby)  two cards, two taps  2枚・2回")
    }

    /// Holds a card until the bus has said everything about it.
    func show(_ card: VirtualCard, at place: ReaderPlace, verdict: DoorDecided.Outcome, _ refusal: Refusal? = nil) throws {
        let mark = stage.ear.heard.count
        let start = monotonicMilliseconds()
        try stage.slot(place).insert(card)
        func tap() -> Ear.Heard? { stage.ear.heard[mark...].first { $0.reader == place && $0.topic.name == "tap" } }
        func decision() -> Ear.Heard? { stage.ear.heard[mark...].first { $0.tap != nil && $0.tap == tap()?.id && $0.verdict != nil } }
        func outcome() -> Ear.Heard? { stage.ear.heard[mark...].first { $0.tap != nil && $0.tap == tap()?.id && $0.outcome != nil } }
        try stage.wait("a decision about the card at \(place)") {
            decision().map { $0.verdict == .refuse || outcome() != nil } ?? false
        }
        let milliseconds = monotonicMilliseconds() - start
        stage.slot(place).remove()
        stage.taken[Stage.Spot(place, card)] = monotonicMilliseconds()
        try stage.made.add(.tap, at: place, stage.console.now())
        for heard in [tap(), decision(), outcome()] { heard.map(tell) }
        guard let decision = decision(), decision.verdict == verdict, decision.refusal == refusal else {
            throw Failure.refused("the door at \(place) decided \(decision()?.words.en ?? "nothing"); \(verdict) was expected.")
        }
        if verdict == .open {
            guard outcome()?.outcome == .opened else {
                throw Failure.refused("the lock at \(place) did not open: \(outcome()?.words.en ?? "")")
            }
            stage.say("    from card to bolt \(milliseconds) ms  カードから解錠まで")
        }
    }

    private func turnAway(_ card: VirtualCard, at place: ReaderPlace) throws {
        let mark = stage.ear.heard.count
        try stage.slot(place).insert(card)
        func refused() -> Ear.Heard? { stage.ear.heard[mark...].first { $0.reader == place } }
        try stage.wait("the card to be turned away at \(place)") { refused() != nil }
        stage.slot(place).remove()
        guard let refused = refused(), refused.topic.name == "card-refused" else {
            throw Failure.refused("a card that is not genuine made a tap at \(place).")
        }
        try stage.made.add(.refused, at: place, stage.console.now())
        tell(refused)
    }

    // MARK: The crowd, and what goes wrong meanwhile

    private mutating func weather() throws {
        let before = crowd * 2 / 5
        title("\(before) taps at five readers at once", "5台同時に\(before)回")
        try run(before)
        title("the broker is killed with SIGKILL and its memory is wiped; taps go on", "ブローカー停止・記憶消去、それでも受付継続")
        try stage.wipeBroker()
        let lost = stage.console.now()
        // Stations sound at most ten times a second: after a quiet one, this person hears it.
        try stage.passUnattended(milliseconds: 1100)
        let offline = stage.signalCount("offline")
        try run(1, attended: false)
        try run(crowd / 5 - 1, attended: false)
        try stage.passUnattended(milliseconds: 300)
        guard stage.signalCount("offline") > offline else { throw Failure.refused("no station said that it accepts offline.") }
        stage.say("    the stations say: accepted, offline  受付済(オフライン)")
        try stage.wait("the broker to be back") { stage.ear.isConnected && stage.supervisor.starts(of: Programs.broker) > 1 }
        try stage.waitForLives(since: lost)
        stage.say("    everybody is back  全員復帰")
        title("lock-controller is killed with SIGKILL in the middle of \(crowd - before - crowd / 5) more", "制御サービス強制終了、さらに続く")
        let killAt = stage.made.taps + (crowd - before - crowd / 5) / 3
        let killed = stage.console.now()
        var isKilled = false
        try run(crowd - before - crowd / 5) { [stage] in
            guard !isKilled, stage.made.taps >= killAt else { return }
            isKilled = true
            stage.crash("lock-controller-main")
        }
        try stage.waitForController(since: killed)
        title("Sato opens the gym once more", "佐藤さん:もう一度")
        try show(stage.cast.sato, at: DemoTown.gymBack, verdict: .open)
    }

    /// So many taps, spread over all readers.
    /// - Parameter attended: whether what has ended is started again meanwhile.
    private mutating func run(_ count: Int, attended: Bool = true, meanwhile: () -> Void = {}) throws {
        // Nobody stands at two readers at once.
        let half = stage.cast.team.count / 2
        let regulars = [
            DemoTown.gymEntrance: Array(stage.cast.team[..<half]), DemoTown.gymBack: Array(stage.cast.team[half...]),
            DemoTown.hallEntrance: stage.cast.club,
        ]
        var queues = DemoTown.places.enumerated().map { index, place in
            Queue(place, regulars: regulars[place, default: []], length: count / 5 + (index < count % 5 ? 1 : 0))
        }
        let start = monotonicMilliseconds()
        var done = 0
        while queues.contains(where: { !$0.isOver }) {
            for index in queues.indices where try queues[index].step(stage, &chance, &fresh) { done += 1 }
            if attended { try stage.turn(atMost: 3) } else { try stage.passUnattended(milliseconds: 3) }
            meanwhile()
            stage.console.progress("\(done) of \(count) taps")
        }
        stage.console.progress("")
        let milliseconds = monotonicMilliseconds() - start
        if count > 1 { stage.say("    \(count) taps in \(milliseconds / 1000).\(milliseconds / 100 % 10) s") }
    }

    // MARK: Words

    mutating func title(_ en: String, _ ja: String) {
        chapter += 1
        stage.say("\(stage.console.now().clock(stage.town.offset).prefix(8))  \(chapter). \(en)  \(ja)")
    }

    func tell(_ heard: Ear.Heard) {
        stage.say("    \(padded(heard.place, to: 18))  \(heard.words.en)  \(heard.words.ja)")
    }
}
