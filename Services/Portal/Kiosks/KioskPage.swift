import Contracts
import HTTP
import ServiceKit
import Store

extension Portal {
    var kioskRoutes: [Route] {
        [
            .page("kiosk/:") { call, turn in .page(try kioskPage(call, in: turn)) },
            // The button of whoever has done.
            .form("kiosk/:/end", .everybody) { call, turn in
                let kiosk = try kiosk(of: call)
                guard try screen(of: kiosk, call, in: turn) != nil else { throw Page.notYours }
                try endScreen(kiosk.id.text, in: turn)
                return .page(.see(call.path("kiosk/\(kiosk.id)")))
            },
            .data("events/kiosk/:/:") { call, turn in
                let kiosk = try kiosk(of: call)
                guard let tongue = Tongue(rawValue: call.parts[1]) else { throw Page.notFound }
                guard let screen = try screen(of: kiosk, call, in: turn) else { return .page(try Self.strangerFeed) }
                // Nothing first: whoever comes later sees nothing of what was before. It ends with the pairing.
                return .stream([Self.feed(of: kiosk, tongue), Self.feed(of: screen.id)], first: [])
            },
        ] + pairingRoutes
    }

    /// A screen that was away when its pairing was ended still has the kiosk's page, and is told to look again.
    private static var strangerFeed: Response {
        get throws { Response(type: "text/event-stream", body: try News.reload.bytes()) }
    }

    private static func feed(of kiosk: PortalPolicy.Kiosk, _ tongue: Tongue) -> String { "kiosk/\(kiosk.id)/\(tongue.rawValue)" }

    private func kiosk(of call: Call) throws -> PortalPolicy.Kiosk {
        guard let kiosk = policy.kiosk(try call.name(0)) else { throw Page.notFound }
        return kiosk
    }

    /// The idle face, whatever is shown on other screens at this moment.
    private func kioskPage(_ call: Call, in turn: borrowing Turn) throws -> Response {
        let kiosk = try kiosk(of: call)
        guard try screen(of: kiosk, call, in: turn) != nil, let held = call.request.cookies[Pairing.cookie] else {
            return strangerPage(kiosk, call)
        }
        var parts = Frame.Parts(title: call("ご案内", "Welcome"), feed: "kiosk/\(kiosk.id)/\(call.tongue.rawValue)")
        (parts.scripts, parts.styles, parts.kind) = (["kiosk.js"], ["kiosk.css"], "kiosk")
        var response = frame.page(
            parts, call,
            """
            <div role="status">\(kioskPiece(kiosk, nil, call.tongue, at: turn.now))</div>
            <button id="sound" type="button" hidden>\(call("\(ruby("音", "おと"))を\(ruby("出", "だ"))す", "Turn the sound on"))</button>
            <noscript><p class="notice warn">\(call("この画面にはJavaScriptが必要です。", "This screen needs JavaScript."))</p></noscript>
            """)
        response.cookies = [Pairing.line(held)]
        return response
    }

    /// - Parameter screen: `nil` is the idle face.
    func kioskPiece(_ kiosk: PortalPolicy.Kiosk, _ screen: KioskScreen?, _ tongue: Tongue, at now: Instant, isHeard: Bool = true) -> HTML {
        let card = card(of: screen, on: kiosk)
        guard let screen, !screen.lines.isEmpty || card != nil else {
            return """
                <section id="kiosk-\(kiosk.id)" class="idle"><p>\(town.title)</p>
                <h1>\(Phrase("カードをかざしてください", "Hold your card to the reader")[tongue])</h1>
                <p class="clock" data-offset="\(offset.minutes)"></p></section>
                """
        }
        let look = look(of: screen, on: kiosk)
        let sound = isHeard ? look.map { HTML(" data-sound=\"\($0.rawValue)\"") } : nil
        let stays: HTML = "data-stays=\"\(Int(screen.stays(on: kiosk, at: now).milliseconds))\""
        let lines = screen.lines.map { HTML("<p class=\"\($0.look.rawValue)\">\($0.words[tongue])</p>\n") }
        if let card {
            let done = Phrase("この\(ruby("画面", "がめん"))を\(ruby("消", "け"))す", "Clear this screen")
            return """
                <section id="kiosk-\(kiosk.id)" class="own" \(stays)\(sound)>
                \(cardPiece(card, on: kiosk, tongue))\(lines)<form method="post" action="/\(tongue.rawValue)/kiosk/\(kiosk.id)/end"><button id="done" class="main">\(done[tongue])</button></form>
                </section>
                """
        }
        let first = screen.lines.first.map { HTML("<h1>\($0.words[tongue])</h1>\n") }
        return """
            <section id="kiosk-\(kiosk.id)" class="said \(look?.rawValue ?? "")" \(stays)\(sound)>
            \(first)\(Array(lines.dropFirst()))</section>
            """
    }

    // MARK: What is heard

    var kioskReads: [Reading] {
        [
            overhear(.doorFeedback) { said, topic, turn in try show(said.data, \.door, at: said.data.reader, topic, in: turn) },
            overhear(.receptionFeedback) { said, topic, turn in try show(said.data, \.reception, at: said.data.reader, topic, in: turn) },
            overhear(.pointsFeedback) { said, topic, turn in try show(said.data, \.points, at: said.data.reader, topic, in: turn) },
        ]
    }

    /// A desk hears the same.
    func hearAtKiosk(_ said: Envelope<ShelterFeedback>, _ topic: Topic, in turn: borrowing Turn) throws {
        try show(said.data, \.shelter, at: said.data.reader, topic, in: turn)
    }

    private func show<Body: FeedbackBody>(
        _ said: Body, _ part: WritableKeyPath<KioskScreen, Body?>, at reader: ReaderID, _ topic: Topic, in turn: borrowing Turn
    ) throws {
        guard turn.isLive else { return }
        for kiosk in kiosks(at: reader, of: topic.entity.named()) {
            let shown = try screen(of: kiosk, in: turn)
            guard let screen = KioskScreen.after(said, as: part, shown: shown, at: turn.now) else { continue }
            // A second answer to the same tap sounds only if it is the greater news.
            let isHeard = shown?.tap != said.tap || look(of: shown, on: kiosk) != look(of: screen, on: kiosk)
            try put(screen, on: kiosk, isHeard: isHeard, in: turn)
        }
    }

    func hearAtKiosk(_ tap: Envelope<Tapped>, in turn: borrowing Turn) throws {
        guard turn.isLive else { return }
        for kiosk in kiosks(at: tap.data.reader, of: turn.topic.entity.named()) {
            var shown = try screen(of: kiosk, in: turn)
            if let screen = KioskScreen.after(tap.id, shown: shown) {
                try keep(screen, on: kiosk, for: KioskScreen.patience, in: turn)
                try end(shown, on: kiosk, in: turn)
                shown = screen
            }
            // Somebody may have said something of this tap before it was heard here.
            if let shown, shown.tap == tap.id, shown.cardUntil == nil { try beginCard(tap, shown, on: kiosk, in: turn) }
        }
    }

    /// Nobody has come for a while, or whoever stands there has done.
    func endScreen(_ id: String, in turn: borrowing Turn) throws {
        guard let kiosk = KioskID(id).flatMap(policy.kiosk) else { return try Snapshots.drop(Self.screenKind, of: id, in: turn.db) }
        let shown = try screen(of: kiosk, in: turn)
        try Snapshots.drop(Self.screenKind, of: id, in: turn.db)
        try end(shown, on: kiosk, in: turn)
    }

    static let screenKind = "kiosk"

    private func keep(_ screen: KioskScreen, on kiosk: PortalPolicy.Kiosk, for span: Duration, in turn: borrowing Turn) throws {
        try Snapshots.keep(screen, as: Self.screenKind, of: kiosk.id.text, at: turn.now, until: turn.now + span, in: turn.db)
    }

    private func end(_ shown: KioskScreen?, on kiosk: PortalPolicy.Kiosk, in turn: borrowing Turn) throws {
        kioskCards.shown[kiosk.id] = nil
        guard let shown, !shown.isEmpty else { return }
        try say(nil, on: kiosk, in: turn)
    }

    /// Shows it in place of what was there, for as long as it stays.
    func put(_ screen: KioskScreen, on kiosk: PortalPolicy.Kiosk, isHeard: Bool, in turn: borrowing Turn) throws {
        kioskCards.shown[kiosk.id] = card(of: screen, on: kiosk)
        try keep(screen, on: kiosk, for: screen.stays(on: kiosk, at: turn.now), in: turn)
        try say(screen, on: kiosk, isHeard: isHeard, in: turn)
    }

    private func say(_ screen: KioskScreen?, on kiosk: PortalPolicy.Kiosk, isHeard: Bool = true, in turn: borrowing Turn) throws {
        for tongue in Tongue.allCases {
            let piece = kioskPiece(kiosk, screen, tongue, at: turn.now, isHeard: isHeard)
            try say(.piece("kiosk-\(kiosk.id)", piece), on: Self.feed(of: kiosk, tongue), in: turn)
        }
    }

    private func kiosks(at reader: ReaderID, of agent: AgentID) -> [PortalPolicy.Kiosk] {
        policy.kiosks.filter { $0.place == ReaderPlace(agent: agent, reader: reader) }
    }

    func screen(of kiosk: PortalPolicy.Kiosk, in turn: borrowing Turn) throws -> KioskScreen? {
        try Snapshots.one(Self.screenKind, of: kiosk.id.text, as: KioskScreen.self, in: turn.db)?.body
    }
}
