import Contracts
import ServiceKit
import Town

/// A shop's till (レジ) for the length of one command. It is told what was paid, and never by whom.
struct Till {
    let shop: ShopID
    let desk: Desk
    let console: Console
    let words: PlainWords
    let json: Bool

    static let options = [Option.language.shape, Flag.json.shape] + Station.options
    /// Milliseconds between two looks at whether somebody has paid.
    private static let interval: Int64 = 300
    /// As long as the reader waits for a card.
    private static let patience: Int64 = 60_000
    /// How far the clock of a reader may be from ours.
    private static let tolerance = Duration.seconds(120)

    init(_ arguments: Arguments, _ console: Console, at reader: ReaderPlace? = nil) throws {
        let language = try arguments.optional(.language) ?? .en
        let station = try Station(arguments, console)
        (shop, desk) = try station.till(at: reader)
        words = PlainWords(language, station.town)
        json = arguments.has(.json)
        self.console = console
    }

    func ask<Body: CommandBody>(_ command: Body, on channel: Channel<Body>) throws -> Body.Answer {
        try desk.ask(command, on: channel, for: Body.Answer.self)
    }

    /// Lets the next card at a reader of the shop pay, and waits until one has, or has been refused.
    func charge(_ charge: Charge, at place: ReaderPlace) throws -> Payment {
        try desk.session.town.check(place)
        let known = Set(try ask(ListPayments(shop), on: .listPayments).payments.map(\.id))
        let asked = console.now()
        _ = try desk.ask(charge, on: .charge, at: place.agent.named(), for: Done.self)
        console.note("hold the card over \(place): \(words.yen(charge.amount))")
        let end = monotonicMilliseconds() + Self.patience
        while monotonicMilliseconds() < end {
            console.progress("waiting for a card at \(place): \((end - monotonicMilliseconds() + 999) / 1000) s")
            // Which reader it was is not told: it is the one of this amount that was not there before, and not one of a reader that was cut off.
            let found = try ask(ListPayments(shop), on: .listPayments).payments.first {
                !known.contains($0.id) && $0.asked == charge.amount && $0.at > asked - Self.tolerance
            }
            if let found {
                console.progress("")
                return found
            }
            try wait(until: min(end, monotonicMilliseconds() + Self.interval))
        }
        console.progress("")
        throw Failure.refused(
            "no card has paid at \(place) in \(Self.patience / 1000) s. If one was held while the reader was cut off, it is told later: kazasu till list --as \(shop)"
        )
    }

    /// What comes in meanwhile are repeated answers.
    private func wait(until moment: Int64) throws { while try desk.session.next(until: moment) != nil {} }

    func show(_ payment: Payment) throws {
        if json { try console.json(payment) } else { console.line(words.payment(payment)) }
    }
}
