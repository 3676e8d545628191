import Contracts
import ServiceKit

/// A residents' counter (住民窓口): one account, with the reader for enrolment that it has chosen, if any.
struct Counter: Hashable {
    let account: AccountID
    let reader: ReaderPlace?

    /// What its pages hear. Nobody else's do.
    var feed: String { "people/\(account)/\(reader?.description ?? "-")" }
}

/// A card that is held at a counter's reader. Of its holder nothing is known here: the directory is asked each time it is shown.
struct HeldCard: Equatable {
    let tap: EventID
    let token: Token
    let until: Instant
}

/// A file that a clerk has opened, and why: under an id of its own, so that no address says whose it is.
struct OpenFile {
    let counter: Counter
    /// By the card, until the answer says who that is.
    var look: ShowPerson
    var until: Instant
    /// What was done last.
    var said: Phrase?
}

/// Which counters are open, and what lies on them. In memory alone: a process that begins anew knows nobody.
final class Counters {
    /// The directory takes a tap for a ceremony as long as that.
    static let patience = Duration.seconds(60)
    /// A file that nobody does anything with closes itself.
    static let patienceForFiles = Duration.seconds(600)
    static let lease = Duration.seconds(3600)

    struct Listening {
        let tongue: Tongue
        let until: Instant
    }

    var open: [Counter: Listening] = [:]
    var files: [EventID: OpenFile] = [:]
    private var held: [Counter: [HeldCard]] = [:]
    private var pairs: [Counter: Pair] = [:]

    /// Somebody has its page before them: of two cards in turn, or of one. What was held for another kind of page is not meant for this one.
    func enter(_ counter: Counter, _ pair: Pair?, _ tongue: Tongue, at now: Instant) {
        open[counter] = Listening(tongue: tongue, until: now + Self.lease)
        if counter.reader != nil {
            // Somebody stands at one counter: of a reader they have left nobody is asked for in their name.
            for other in open.keys where other.account == counter.account && other != counter {
                (open[other], pairs[other], held[other]) = (nil, nil, nil)
            }
        }
        guard pairs[counter] != pair else { return }
        pairs[counter] = pair
        held[counter] = nil
    }

    func pair(_ counter: Counter) -> Pair? { pairs[counter] }

    /// The cards that are held now: the first and the second of two, or the last one.
    func cards(_ counter: Counter, at now: Instant) -> [HeldCard] {
        let cards = held[counter] ?? []
        // Of two the first has the shorter time, and both are needed.
        return cards.allSatisfy { $0.until > now } ? cards : []
    }

    /// The next card takes the place of the one before; of a pair it is the other one, or the same again, or a third that begins anew.
    func hold(_ card: HeldCard, at counter: Counter, now: Instant) {
        var cards = pairs[counter] == nil ? [] : cards(counter, at: now)
        if let place = cards.firstIndex(where: { $0.token == card.token }) {
            cards[place] = card
        } else {
            cards = cards.count < 2 ? cards + [card] : [card]
        }
        held[counter] = cards
    }

    func clear(_ counter: Counter) { held[counter] = nil }

    func file(_ id: EventID?, of account: AccountID, at now: Instant) -> OpenFile? {
        id.flatMap { files[$0] }.flatMap { $0.counter.account == account && $0.until > now ? $0 : nil }
    }

    /// Somebody has gone home: nothing of theirs lies at a counter any more.
    func leave(_ account: AccountID) {
        open = open.filter { $0.key.account != account }
        held = held.filter { $0.key.account != account }
        pairs = pairs.filter { $0.key.account != account }
        files = files.filter { $0.value.counter.account != account }
    }

    /// Those whose reader it is and whose page is open.
    func listening(at place: ReaderPlace, now: Instant) -> [(Counter, Listening)] {
        open.filter { $0.key.reader == place && $0.value.until > now }.sorted { $0.key.account < $1.key.account }
    }

    /// What has had its time is taken away.
    /// - Returns: the counters whose cards have gone, and those whose pages are to be loaded anew.
    func expire(at now: Instant) -> (cards: [Counter], pages: Set<Counter>) {
        func isOver(_ until: Instant) -> Bool { until <= now }
        let cards = held.filter { $0.value.contains { isOver($0.until) } }.keys.sorted { $0.feed < $1.feed }
        for counter in cards { held[counter] = nil }
        let gone = files.filter { isOver($0.value.until) }
        for id in gone.keys { files[id] = nil }
        let left = open.filter { isOver($0.value.until) }.keys
        for counter in left {
            open[counter] = nil
            pairs[counter] = nil
        }
        return (cards, Set(gone.values.map(\.counter) + left))
    }

    /// When something is over next.
    var next: Instant? { (held.values.flatMap { $0.map(\.until) } + files.values.map(\.until) + open.values.map(\.until)).min() }
}

extension Portal {
    /// What a counter's pages hear, and that one of them is open.
    func openCounter(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        guard let tongue = Tongue(rawValue: call.parts[0]) else { throw Page.notFound }
        let reader = call.parts.count == 3 ? ReaderPlace(agent: try call.name(1), reader: try call.name(2)) : nil
        let counter = Counter(account: try account(of: call).id, reader: reader)
        counters.enter(counter, counters.pair(counter), tongue, at: turn.now)
        return .stream([counter.feed], first: [])
    }

    /// Somebody holds a card at the reader of a counter that is open. Whoever was shown there goes at once, and the holder of this one is asked for in its name.
    /// A reader that is for something else now says nothing of its passers-by.
    func hearAtCounter(_ tap: Envelope<Tapped>, in turn: borrowing Turn) throws {
        guard turn.isLive, tap.data.purpose.kind == "enrol" else { return }
        let place = ReaderPlace(agent: turn.topic.entity.named(), reader: tap.data.reader)
        for (counter, listening) in counters.listening(at: place, now: turn.now) {
            guard let account = policy.account(counter.account), account.station(.registrar) != nil else { continue }
            let card = HeldCard(tap: tap.id, token: tap.data.token, until: turn.now + Counters.patience)
            counters.hold(card, at: counter, now: turn.now)
            let cards = counters.cards(counter, at: turn.now)
            try say(cardsPiece(counter, cards.map { Held($0, .asked) }, listening.tongue), at: counter, in: turn)
            try holders(of: cards, account, in: turn) { held, turn in
                guard counters.cards(counter, at: turn.now) == cards else { return }
                try say(cardsPiece(counter, held, listening.tongue), at: counter, in: turn)
            }
        }
    }

    func say(_ piece: (id: String, html: HTML), at counter: Counter, in turn: borrowing Turn) throws {
        try say(.piece(piece.id, piece.html), on: counter.feed, in: turn)
    }

    /// What was held has done its work, or is to be held again.
    func clearCards(_ counter: Counter, in turn: borrowing Turn) throws {
        counters.clear(counter)
        guard let tongue = counters.open[counter]?.tongue else { return }
        try say(cardsPiece(counter, [], tongue), at: counter, in: turn)
    }

    /// Takes away what has had its time.
    /// - Returns: when to look again.
    func clearCounters(in turn: borrowing Turn) throws -> Instant? {
        let over = counters.expire(at: turn.now)
        for counter in over.cards { try clearCards(counter, in: turn) }
        for counter in over.pages.sorted(by: { $0.feed < $1.feed }) { try say(.reload, on: counter.feed, in: turn) }
        return counters.next
    }
}
