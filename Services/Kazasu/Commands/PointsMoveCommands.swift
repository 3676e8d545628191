import Contracts
import Town

extension Option where Value == ReaderPlace {
    fileprivate static var giver: Self {
        Self("--from", "AGENT/READER", "where the one who gives holds a card", expected: "a reader such as chamber/reader-1") {
            ReaderPlace($0)
        }
    }
    fileprivate static var taker: Self {
        Self(
            "--to", "AGENT/READER", "where the other one holds a card; it may be the same reader",
            expected: "a reader such as chamber/reader-1"
        ) {
            ReaderPlace($0)
        }
    }
}

extension Option where Value == Int64 {
    fileprivate static var times: Self {
        Self("--times", "N", "how often (default: once)", expected: "a number from 1 to 100") {
            wholeNumber($0).flatMap { $0 <= 100 ? $0 : nil }
        }
    }
}

extension Operand where Value == Name<Exchange> {
    fileprivate static var exchange: Self { Self("NAME", expected: "an exchange of the town's file such as free-delivery") { Name($0) } }
}

extension Command {
    package static var pointsAward: Command {
        move("award", .award, summary: "give somebody points for what the rules do not know, or for what was paid in (付与)", done: "given")
    }
    package static var pointsTake: Command {
        move("take", .take, summary: "take points from somebody, what expires first first (減算)", done: "taken")
    }

    private static func move(_ word: String, _ move: MovePoints.Move, summary: String, done: String) -> Command {
        Command(
            "points \(word)", "[PERSON] AMOUNT PURSE", count: 2...3, summary: summary,
            options: [Option.pointsTap.shape, Option<TransferCode>.code.shape] + (move == .award ? [Option.expires.shape] : [])
                + PointsCounter.moving,
            details: """
                PERSON is left out where --tap names the reader at which the card is held. What somebody paid with is paid back at the till of its shop.
                Examples:
                  kazasu points \(word) p-7k3mq2x5t4w2vbza 50 points --why volunteer-day
                  kazasu points \(word) 11 bus-tickets --tap chamber/reader-1 --why counter-sale
                """
        ) { arguments, console in
            // Whoever is named stands in front of the other two.
            let last = arguments.operands.count - 1
            let whom = try arguments.whom(last == 2 ? 0 : 3)
            let (amount, id) = (try arguments.operand(last - 1, .amount), try arguments.operand(last, .purse))
            let why = try arguments.required(.code)
            let expires = move == .award ? try arguments.optional(.expires) : nil
            let counter = try PointsCounter(arguments, console)
            let purse = try counter.purse(id)
            let holder = try counter.holder(whom)
            let words = counter.words
            let shown = try counter.ask(ShowPoints(holder), on: .showPoints)
            let there = shown.lots.filter { $0.purse == id }.reduce(0) { $0 + $1.amount }
            let what = words.amount(amount, of: id)
            console.note("\(shown.person) has \(words.amount(there, of: id)) of \(words.title(of: id))")
            try counter.confirm("\(word) \(what) of \(harmless(purse.title)), \(why), for this person?")
            let moved = try counter.ask(MovePoints(move, amount, of: id, holder, why: why, expires: expires), on: .movePoints)
            try counter.report(moved, Phrase("\(done): \(what)", "\(move == .award ? "付与" : "減算"): \(what)")[words.language], of: id)
            return .done
        }
    }

    package static var pointsGive: Command {
        Command(
            "points give", "AMOUNT PURSE", count: 2...2, summary: "from one person to another: both hold their cards (譲渡)",
            options: [Option<ReaderPlace>.giver.shape, Option<ReaderPlace>.taker.shape] + PointsCounter.moving,
            details: """
                The town's file says of each purse how much one person may give in a day. What is given expires when it would have.
                Example: kazasu points give 100 points --from chamber/reader-1 --to chamber/reader-1
                """
        ) { arguments, console in
            let (amount, id) = (try arguments.operand(0, .amount), try arguments.operand(1, .purse))
            let (from, to) = (try arguments.required(.giver), try arguments.required(.taker))
            let counter = try PointsCounter(arguments, console)
            let purse = try counter.purse(id)
            let what = counter.words.amount(amount, of: id)
            try counter.confirm("give \(what) of \(harmless(purse.title)) from the first card's holder to the second one's?")
            let session = counter.desk.session
            let giver = try session.nextPointsTap(at: from, whose: "the giver's")
            let taker = try session.nextPointsTap(at: to, whose: "the other person's", after: giver)
            let moved = try counter.ask(GivePoints(amount, of: id, from: giver.id, to: taker.id), on: .givePoints)
            try counter.report(moved, Phrase("given: \(what)", "譲渡: \(what)")[counter.words.language], of: id)
            return .done
        }
    }

    package static var pointsExchange: Command {
        Command(
            "points exchange", "NAME [PERSON]", count: 1...2, summary: "one of the town's exchanges: stamps for a voucher (交換)",
            options: [Option.pointsTap.shape, Option<Int64>.times.shape] + PointsCounter.moving,
            details: "Example: kazasu points exchange free-delivery --tap chamber/reader-1 --times 2"
        ) { arguments, console in
            let (id, whom) = (try arguments.operand(0, .exchange), try arguments.whom(1))
            let times = try arguments.optional(.times)
            let counter = try PointsCounter(arguments, console)
            guard let exchange = counter.town.points.exchanges.first(where: { $0.id == id }) else {
                throw counter.unknown("exchange", id.text, among: counter.town.points.exchanges.map(\.id.text))
            }
            let words = counter.words
            let (take, give) = ((times ?? 1) * exchange.take, (times ?? 1) * exchange.give)
            try counter.confirm(
                "\(harmless(exchange.title)): take \(words.amount(take, of: exchange.from)) of \(words.title(of: exchange.from)), give \(words.amount(give, of: exchange.to)) of \(words.title(of: exchange.to))?"
            )
            let moved = try counter.ask(ExchangePoints(id, try counter.holder(whom), times: times), on: .exchangePoints)
            let done = Phrase("exchanged: \(harmless(exchange.title))", "交換: \(harmless(exchange.title))")[words.language]
            try counter.report(moved, done, of: exchange.to)
            return .done
        }
    }

    package static var pointsReverse: Command {
        Command(
            "points reverse", "NUMBER", count: 1...1, summary: "undo a transfer by a new one the other way, once (取消)",
            options: [Option<TransferCode>.code.shape] + PointsCounter.moving,
            details: """
                Nothing in the ledger is changed or deleted. What was spent already cannot be taken back; a payment is paid back by its till.
                Example: kazasu points reverse 12345 --why wrong-person
                """
        ) { arguments, console in
            let number = try arguments.operand(0, .transfer)
            let why = try arguments.required(.code)
            let counter = try PointsCounter(arguments, console)
            try counter.confirm("undo transfer \(number), \(why)?")
            let moved = try counter.ask(ReverseTransfer(number, why: why), on: .reverseTransfer)
            if counter.json {
                try console.json(moved)
            } else {
                let numbers = moved.numbers.map { "\($0)" }.joined(separator: ", ")
                console.line(
                    Phrase(
                        "undone: transfer \(number), \(moved.person), by transfer \(numbers)",
                        "取消: 番号\(number)、\(moved.person)、番号\(numbers)による")[
                            counter.words.language])
            }
            return .done
        }
    }
}
