import Contracts

/// What a kiosk shows after a tap, at first the idle face: what services have said of it to whoever stands there. No name, no card, no person is among it.
struct KioskScreen: Codable, Equatable {
    let tap: EventID
    var door: Feedback?
    var shelter: ShelterFeedback?
    var reception: ReceptionFeedback?
    var points: PointsFeedback?
    /// Until when a number or a code of the card itself stands beside it. What it is, `KioskCards` alone knows.
    var cardUntil: Instant?

    init(_ tap: EventID) { self.tap = tap }

    /// Whoever made a tap that is older than this has gone.
    static let patience = Duration.seconds(10)

    /// A sign, a colour and a sound.
    enum Look: String {
        case granted, refused, `in`, out
    }

    /// A sentence, and whether it is good news.
    struct Line {
        let look: Look
        let words: Phrase

        init(_ look: Look, _ ja: HTML, _ en: HTML) { (self.look, words) = (look, Phrase(ja, en)) }
    }

    /// The first is the largest: what somebody waits for at a door comes before what they have earned.
    var lines: [Line] { [door?.line, shelter?.line, reception?.line, points?.line].compactMap(\.self) }

    /// Whether the idle face is all there is to see.
    var isEmpty: Bool { lines.isEmpty && cardUntil == nil }

    /// For how long it stays from now on, if nobody comes.
    func stays(on kiosk: PortalPolicy.Kiosk, at now: Instant) -> Duration { max(kiosk.stays, cardUntil.map { $0 - now } ?? .zero) }

    /// What somebody said of a tap, beside what is shown already.
    /// - Parameter shown: `nil` is the idle face.
    /// - Returns: `nil` if it changes nothing: it is about a tap before the one that is shown, or about one from long ago.
    static func after<Body: FeedbackBody>(
        _ said: Body, as part: WritableKeyPath<KioskScreen, Body?>, shown: KioskScreen?, at now: Instant
    ) -> KioskScreen? {
        guard now - said.tap.time < patience else { return nil }
        if let shown, said.tap < shown.tap { return nil }
        var screen = shown.flatMap { $0.tap == said.tap ? $0 : nil } ?? KioskScreen(said.tap)
        screen[keyPath: part] = said
        return screen
    }

    /// The next person has come: with their tap the screen of the one before ends, whether or not anybody has an answer to it, and what is said late of the one before
    /// is theirs no more.
    /// - Returns: `nil` if it changes nothing.
    static func after(_ tap: EventID, shown: KioskScreen?) -> KioskScreen? {
        if let shown, tap <= shown.tap { return nil }
        return KioskScreen(tap)
    }
}
