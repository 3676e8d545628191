import Contracts
import HTTP
import ServiceKit
import Store

extension Portal {
    var kioskRoutes: [Route] {
        [
            .page("kiosk/:") { call, _ in .page(try kioskPage(call)) },
            .data("events/kiosk/:/:") { call, _ in
                let kiosk = try kiosk(of: call)
                guard let tongue = Tongue(rawValue: call.parts[1]) else { throw Page.notFound }
                // Nothing first: whoever comes later sees nothing of what was before.
                return .stream([Self.feed(of: kiosk, tongue)], first: [])
            },
        ]
    }

    private static func feed(of kiosk: PortalPolicy.Kiosk, _ tongue: Tongue) -> String { "kiosk/\(kiosk.id)/\(tongue.rawValue)" }

    private func kiosk(of call: Call) throws -> PortalPolicy.Kiosk {
        guard let kiosk = policy.kiosk(try call.name(0)) else { throw Page.notFound }
        return kiosk
    }

    /// The idle face, whatever is shown on other screens at this moment.
    private func kioskPage(_ call: Call) throws -> Response {
        let kiosk = try kiosk(of: call)
        var parts = Frame.Parts(title: call("ご案内", "Welcome"), feed: "kiosk/\(kiosk.id)/\(call.tongue.rawValue)")
        (parts.scripts, parts.kind) = (["kiosk.js"], "kiosk")
        return frame.page(
            parts, call,
            """
            <div role="status">\(kioskPiece(kiosk, nil, call.tongue))</div>
            <button id="sound" type="button" hidden>\(call("\(ruby("音", "おと"))を\(ruby("出", "だ"))す", "Turn the sound on"))</button>
            <noscript><p class="notice warn">\(call("この画面にはJavaScriptが必要です。", "This screen needs JavaScript."))</p></noscript>
            """)
    }

    /// - Parameter screen: `nil` is the idle face.
    func kioskPiece(_ kiosk: PortalPolicy.Kiosk, _ screen: KioskScreen?, _ tongue: Tongue, isHeard: Bool = true) -> HTML {
        guard let screen, let first = screen.lines.first else {
            return """
                <section id="kiosk-\(kiosk.id)" class="idle"><p>\(town.title)</p>
                <h1>\(Phrase("カードをかざしてください", "Hold your card to the reader")[tongue])</h1>
                <p class="clock" data-offset="\(offset.minutes)"></p></section>
                """
        }
        let sound = isHeard ? HTML(" data-sound=\"\(first.look.rawValue)\"") : ""
        let rest = screen.lines.dropFirst().map { HTML("<p class=\"\($0.look.rawValue)\">\($0.words[tongue])</p>\n") }
        return """
            <section id="kiosk-\(kiosk.id)" class="said \(first.look.rawValue)" data-stays="\(Int(kiosk.stays.milliseconds))"\(sound)>
            <h1>\(first.words[tongue])</h1>
            \(rest)</section>
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
            try keep(screen, on: kiosk, for: kiosk.stays, in: turn)
            // A second answer to the same tap sounds only if it is the greater news.
            let isHeard = shown?.tap != said.tap || shown?.lines.first?.look != screen.lines.first?.look
            for tongue in Tongue.allCases { try say(screen, on: kiosk, tongue, isHeard: isHeard, in: turn) }
        }
    }

    func hearAtKiosk(_ tap: Envelope<Tapped>, in turn: borrowing Turn) throws {
        guard turn.isLive else { return }
        for kiosk in kiosks(at: tap.data.reader, of: turn.topic.entity.named()) {
            let shown = try screen(of: kiosk, in: turn)
            guard let screen = KioskScreen.after(tap.id, shown: shown) else { continue }
            try keep(screen, on: kiosk, for: KioskScreen.patience, in: turn)
            try end(shown, on: kiosk, in: turn)
        }
    }

    /// Nobody has come for a while.
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
        guard let shown, !shown.lines.isEmpty else { return }
        for tongue in Tongue.allCases { try say(nil, on: kiosk, tongue, in: turn) }
    }

    private func say(
        _ screen: KioskScreen?, on kiosk: PortalPolicy.Kiosk, _ tongue: Tongue, isHeard: Bool = true, in turn: borrowing Turn
    ) throws {
        try say(
            .piece("kiosk-\(kiosk.id)", kioskPiece(kiosk, screen, tongue, isHeard: isHeard)), on: Self.feed(of: kiosk, tongue), in: turn)
    }

    private func kiosks(at reader: ReaderID, of agent: AgentID) -> [PortalPolicy.Kiosk] {
        policy.kiosks.filter { $0.place == ReaderPlace(agent: agent, reader: reader) }
    }

    private func screen(of kiosk: PortalPolicy.Kiosk, in turn: borrowing Turn) throws -> KioskScreen? {
        try Snapshots.one(Self.screenKind, of: kiosk.id.text, as: KioskScreen.self, in: turn.db)?.body
    }
}
