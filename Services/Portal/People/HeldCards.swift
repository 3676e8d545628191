import Contracts
import HTTP
import ServiceKit

/// Whose a card is.
enum Holder {
    /// The directory has not answered yet.
    case asked
    case person(PersonBrief)
    case nobody
    /// It was not said; a sentence why.
    case unclear(Phrase)
}

/// A card that is held, and whose it is.
struct Held {
    let card: HeldCard
    let holder: Holder

    init(_ card: HeldCard, _ holder: Holder) { (self.card, self.holder) = (card, holder) }
}

extension Portal {
    /// Asks for the holders of cards in turn, in the name of the account; each is a look that is kept.
    func holders(
        of cards: [HeldCard], _ account: PortalPolicy.Account, in turn: borrowing Turn, _ before: [Held] = [],
        then: @escaping ([Held], borrowing Turn) throws -> Void
    ) throws {
        guard let card = cards.first, let station = account.station(.registrar) else { return try then(before, turn) }
        var search = FindPersons()
        search.tap = card.tap
        try send(search, on: .findPersons, as: station, in: turn) { outcome, turn in
            let holder: Holder
            switch outcome {
            case .accepted(let found):
                holder = found.persons.first.map(Holder.person) ?? .nobody
                for person in found.persons { try noteLook(.person, by: account, as: .registrar, person: person.person, in: turn) }
            case .refused("unknown-card", _): holder = .nobody
            case .refused(let word, let text): holder = .unclear(Phrase(refusal: word, of: "resident-directory", text))
            case .unknown: holder = .unclear(.directoryIsSilent)
            }
            try holders(of: Array(cards.dropFirst()), account, in: turn, before + [Held(card, holder)], then: then)
        }
    }

    /// A page with the cards that are held now. Whoever has its page open hears of the next one.
    func withCards(
        _ counter: Counter, pair: Pair? = nil, _ call: Call, in turn: borrowing Turn,
        page: @escaping ([Held], borrowing Turn) throws -> Response
    ) throws -> Answer {
        counters.enter(counter, pair, call.tongue, at: turn.now)
        let cards = counters.cards(counter, at: turn.now)
        guard !cards.isEmpty else { return .page(try page([], turn)) }
        try holders(of: cards, try account(of: call), in: turn) { held, turn in answer(call, .page(try page(held, turn)), in: turn) }
        return .later
    }

    /// What was held, as the counter's pages have it: one card, or the two of a ceremony.
    func cardsPiece(_ counter: Counter, _ held: [Held], _ tongue: Tongue) -> (id: String, html: HTML) {
        if let pair = counters.pair(counter) { return ("pair", pairPiece(pair, held, tongue)) }
        return ("held", heldPiece(counter, held.last, tongue))
    }

    /// Which forms of the counter's pages take the card that is held. A page has some of them; what belongs to none of its forms is sent by none.
    private static let forms = ["open", "enrol", "link", "replace", "consent"]

    func heldPiece(_ counter: Counter, _ held: Held?, _ tongue: Tongue) -> HTML {
        let title = Phrase("かざされたカード", "The card that is held")[tongue]
        guard let held else {
            let words =
                counter.reader == nil
                ? Phrase("カードリーダーが選ばれていません。窓口の画面の下で選んでください。", "No reader is chosen. Choose one at the foot of the counter's page.")
                : Phrase("カードをかざすと、ここに出ます。", "Hold a card at the reader, and it stands here.")
            return
                "<section id=\"held\" class=\"card\" data-tap=\"\" aria-live=\"polite\"><h2>\(title)</h2><p>\(words[tongue])</p></section>"
        }
        let fields = Self.forms.map { HTML("<input type=\"hidden\" form=\"\($0)\" name=\"tap\" value=\"\(held.card.tap)\">") }
        return """
            <section id="held" class="card" data-tap="\(held.card.tap)" aria-live="polite"><h2>\(title)</h2>
            \(fields)\(holderPiece(held.holder, tongue))</section>
            """
    }

    func holderPiece(_ holder: Holder, _ tongue: Tongue) -> HTML {
        switch holder {
        case .asked: "<p aria-busy=\"true\">\(Phrase("照会しています…", "Asking…")[tongue])</p>"
        case .person(let brief): "<p>\(brief.line(tongue))</p>"
        case .nobody: "<p class=\"notice warn\">\(Phrase("だれのものでもないカードです。", "This card is nobody's yet.")[tongue])</p>"
        case .unclear(let phrase): "<p class=\"notice bad\" role=\"alert\">\(phrase[tongue])</p>"
        }
    }

    /// The card a form was sent with, if it is still the one that is held.
    func heldTap(_ call: Call, at counter: Counter, in turn: borrowing Turn) throws(Fault) -> EventID {
        let held = counters.cards(counter, at: turn.now).last?.tap
        guard let text = call.request.form["tap"], !text.isEmpty else {
            // Without scripts the page could not show it.
            throw held == nil ? .noCard : .cardAppeared
        }
        guard let held, held.description == text else { throw .cardGone }
        return held
    }
}
