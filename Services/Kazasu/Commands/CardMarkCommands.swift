import Contracts
import Town

extension Option where Value == Token {
    static var oneCard: Self {
        Self(
            "--card", "TOKEN", "which of the person's cards, where there are several; kazasu person show tells",
            expected: "a token, k1. and 26 letters and digits"
        ) { Token($0) }
    }
}

extension Flag {
    fileprivate static var really: Self { Self("--really", "do it; without this, the cards are only counted") }
}

extension Operand where Value == Int {
    fileprivate static var key: Self {
        Self("NUMBER", expected: "a token key's number, from 1 to 999") { Int($0).flatMap { (1...999).contains($0) ? $0 : nil } }
    }
}

extension Command {
    package static var cardSuspend: Command {
        mark("suspend", .suspended, from: [.active], summary: "a card does not work for a while")
    }
    package static var cardLost: Command {
        mark("lost", .lost, from: [.active, .suspended], summary: "a card was lost, and works no more")
    }
    package static var cardUnlink: Command {
        mark("unlink", .unlinked, from: [.active, .suspended, .lost], summary: "take a card from its person")
    }
    package static var cardActivate: Command {
        mark("activate", .active, from: [.suspended, .lost], summary: "a suspended or found card works again")
    }

    private static func mark(_ word: String, _ status: CardFile.Status, from candidates: [CardFile.Status], summary: String) -> Command {
        Command(
            "card \(word)", "[PERSON]", count: 0...1, summary: summary,
            options: [Option.enrolment.shape, Option.oneCard.shape, Option.why.shape] + Counter.changing,
            details: "The card is the person's only one that can be meant, the one of --card, or the one held with --tap."
        ) { arguments, console in
            let (whom, asked, why) = (try arguments.whom(0), try arguments.optional(.oneCard), try arguments.reason(console))
            let counter = try Counter(arguments, console)
            let command: MarkCard
            switch whom {
            case .person(let person):
                let file = try counter.file(of: person, why: "card \(word)")
                let card = try card(of: file, asked: asked, in: candidates, counter)
                try counter.confirm("card \(word), for this person?", about: [PersonBrief(file)])
                command = MarkCard(status, card: card, why: why)
            case .holder(let place):
                let tap = try counter.tap(place)
                try counter.confirm("card \(word), for this person?", about: [counter.holder(of: tap)])
                command = MarkCard(status, tap: tap.id, why: why)
            }
            try counter.report(try counter.ask(command, on: .markCard), "card \(status.phrase.en)")
            return .done
        }
    }

    package static var cardRetireKey: Command {
        Command(
            "card retire-key", "NUMBER", count: 1...1, summary: "after a reader was stolen: tokens of an old key work no more",
            options: [Flag.really.shape] + Counter.changing,
            details:
                "Without --really nothing is changed, and the cards are counted. The manual for a stolen reader says what comes before."
        ) { arguments, console in
            let number = try arguments.operand(0, .key)
            let counter = try Counter(arguments, console)
            if arguments.has(.really) { try counter.confirm("end token key \(number)? It cannot be taken back", about: []) }
            let answer = try counter.ask(RetireTokenKey(number, dry: !arguments.has(.really)), on: .retireTokenKey)
            if counter.json {
                try console.json(answer)
            } else {
                console.out(
                    table([
                        ["known under a newer key", "\(answer.followed)"],
                        [arguments.has(.really) ? "work no more" : "would work no more", "\(answer.stranded)"],
                    ]))
                console.note(
                    arguments.has(.really)
                        ? "token key \(number) is retired; holders of the \(answer.stranded) have to come to a counter"
                        : "nothing was changed. To do it: kazasu card retire-key \(number) --really")
            }
            return .done
        }
    }

    /// The one card that can be meant.
    static func card(of file: PersonFile, asked: Token?, in candidates: [CardFile.Status], _ counter: Counter) throws -> Token {
        let possible = file.cards.filter { candidates.contains($0.status) && (asked == nil || $0.token == asked) }
        if possible.count == 1 { return possible[0].token }
        let list = table(file.cards.map { ["  " + ($0.token.text)] + counter.words.card($0).dropLast() })
        let words = candidates.map(\.phrase.en).joined(separator: ", ")
        throw Failure.refused(
            possible.isEmpty
                ? "the person has no such card (\(words)).\(file.cards.isEmpty ? "" : " Cards:\n\(list)")"
                : "the person has several such cards. Say which with --card TOKEN:\n\(list)")
    }
}
