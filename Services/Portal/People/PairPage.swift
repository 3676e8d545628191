import Contracts
import HTTP
import ServiceKit

/// What is done with two cards, held one after the other within a minute.
enum Pair: String {
    /// The guardian's, then the child's.
    case guardian
    /// The old one, then the new one.
    case exchange

    var title: Phrase {
        switch self {
        case .guardian: Phrase("保護者と子どもの登録", "A guardian and a child")
        case .exchange: Phrase("新しいカードとの交換", "A new card for an old one")
        }
    }

    var hint: Phrase {
        switch self {
        case .guardian:
            Phrase("お二人ともいらっしゃる場で、1分以内に続けてかざしてもらいます。", "Both are here. Their cards are held one after the other, within a minute.")
        case .exchange: Phrase("古いカード、新しいカードの順に、1分以内に続けてかざしてもらいます。", "The old card first, then the new one, within a minute.")
        }
    }

    var steps: [Phrase] {
        switch self {
        case .guardian: [Phrase("保護者のカード", "The guardian's card"), Phrase("子どものカード", "The child's card")]
        case .exchange: [Phrase("古いカード", "The old card"), Phrase("新しいカード", "The new card")]
        }
    }

    var act: Phrase {
        switch self {
        case .guardian: Phrase("1の人を2の人の保護者として登録する", "The first is the guardian of the second")
        case .exchange: Phrase("新しいカードに交換する", "Exchange the cards")
        }
    }
}

extension Portal {
    func pairPage(_ pair: Pair, _ call: Call, fault: HTML? = nil, in turn: borrowing Turn) throws -> Answer {
        let counter = try counter(of: call, call.request.method == "POST" ? call.request.form : call.request.query)
        return try withCards(counter, pair: pair, call, in: turn) { held, turn in
            let title = pair.title[call.tongue]
            return try counterPage(
                call, counter, title, status: fault == nil ? 200 : 422, at: turn.now,
                """
                \(Self.fault(fault))<p>\(pair.hint[call.tongue])</p>
                \(pairPiece(pair, held, call.tongue))
                <form id="pair-form" method="post" action="\(call.path("people/\(pair.rawValue)"))">\(call.csrf)\(readerField(counter))</form>
                """)
        }
    }

    func pairPiece(_ pair: Pair, _ held: [Held], _ tongue: Tongue) -> HTML {
        let steps = pair.steps.enumerated().map { number, step -> HTML in
            let isNext = number == held.count
            let card: HTML =
                number < held.count
                ? "<input type=\"hidden\" form=\"pair-form\" name=\"card-\(number + 1)\" value=\"\(held[number].card.tap)\">\(holderPiece(held[number].holder, tongue))"
                : "<p>\(isNext ? Phrase("かざしてください。", "Hold it now.")[tongue] : Phrase("まだです。", "Not yet.")[tongue])</p>"
            return
                "<li id=\"step-\(number + 1)\" class=\"card\"\(isNext ? HTML(" aria-current=\"step\"") : "")><h2>\(number + 1) \(step[tongue])</h2>\(card)</li>\n"
        }
        let isWhole = held.count == 2
        return """
            <section id="pair" aria-live="polite"><ol class="list">\(steps)</ol>
            <p class="row"><button class="main" form="pair-form" name="act" value="do"\(isWhole ? "" : HTML(" disabled"))>\(pair.act[tongue])</button>
            <button class="quiet" form="pair-form" name="act" value="again">\(Phrase("はじめからやり直す", "Begin anew")[tongue])</button></p></section>
            """
    }

    func actOnPair(_ pair: Pair, _ call: Call, in turn: borrowing Turn) throws -> Answer {
        let form = call.request.form
        let counter = try counter(of: call, form)
        if form["act"] == "again" {
            try clearCards(counter, in: turn)
            return back(to: counter, pair.rawValue, call)
        }
        let cards = counters.cards(counter, at: turn.now)
        guard counters.pair(counter) == pair, cards.count == 2, cards.map(\.tap.description) == [form["card-1"], form["card-2"]] else {
            return try pairPage(pair, call, fault: Fault.cardGone.phrase[call.tongue], in: turn)
        }
        func refused(_ sentence: HTML, _ turn: borrowing Turn) throws -> Answer { try pairPage(pair, call, fault: sentence, in: turn) }
        func done(_: PersonAnswer, _ turn: borrowing Turn) throws -> Answer {
            try clearCards(counter, in: turn)
            return back(to: counter, "", call, pair.rawValue)
        }
        switch pair {
        case .guardian:
            return try ask(
                Relate(.guardian, tap: cards[0].tap, toTap: cards[1].tap), on: .relate, as: .registrar, for: call, in: turn,
                refused: refused, page: done)
        case .exchange:
            return try ask(
                ReplaceCard(new: cards[1].tap, old: cards[0].tap), on: .replaceCard, as: .registrar, for: call, in: turn,
                refused: refused, page: done)
        }
    }
}
