import Bus
import Contracts
import Town

extension Operand where Value == SupplyID {
    fileprivate static var supply: Self {
        Self("ITEM", expected: "a kind of goods such as water or bento: a-z, 0-9 and -") { SupplyID($0) }
    }
}

extension Option where Value == Int {
    fileprivate static func pieces(_ name: String, _ help: String, in range: ClosedRange<Int>) -> Self {
        Self(name, "N", help, expected: "a number of pieces, \(range.lowerBound) to \(range.upperBound)") {
            Int($0).flatMap { range.contains($0) ? $0 : nil }
        }
    }
    fileprivate static var wanted: Self { pieces("--wanted", "how many are needed besides those in stock (不足数)", in: 0...1_000_000) }
    fileprivate static var stock: Self { pieces("--stock", "how many there are, as counted now (在庫)", in: 0...1_000_000) }
    fileprivate static var arrived: Self { pieces("--arrived", "how many came in (入荷): they add to the stock", in: 1...1_000_000) }
    fileprivate static var each: Self { pieces("--each", "how many each receives (default: 1)", in: 1...1000) }
}

extension Option where Value == String {
    fileprivate static var supplyTitle: Self {
        Self("--title", "TEXT", "what it is called", expected: "a name of at most 30 characters") { $0.count <= 30 ? $0 : nil }
    }
}

extension Option where Value == ReaderPlace {
    fileprivate static var collecting: Self {
        Self(
            "--reader", "AGENT/READER", "the shelter's reader where cards are held to receive it",
            expected: "a reader such as s01-desk/reader-1"
        ) { ReaderPlace($0) }
    }
}

extension Flag {
    fileprivate static var perHousehold: Self { Self("--household", "once for each household (世帯), not for each person") }
    fileprivate static var ends: Self { Self("--end", "no more is handed out") }
}

extension Command {
    package static var shelterSupplies: Command {
        Command(
            "shelter supplies", "[SHELTER]", count: 0...1,
            summary: "what the shelters have, want and hand out (物資)", options: Reception.options,
            details: "WANTED is what is needed besides the stock. It shows numbers; who received what is known at its shelter alone."
        ) { arguments, console in
            let only = arguments.operands.isEmpty ? nil : try arguments.operand(0, .shelter)
            let reception = try Reception(arguments, console)
            let states = try reception.supplies(of: only)
            if reception.json { try console.json(states) } else { console.out(text(states, reception.words)) }
            return .done
        }
    }

    package static var shelterSupply: Command {
        Command(
            "shelter supply", "SHELTER ITEM", count: 2...2, summary: "say what there is of something at a shelter, and what is needed",
            options: [Option<Int>.wanted.shape, Option<Int>.stock.shape, Option<Int>.arrived.shape, Option<String>.supplyTitle.shape]
                + Reception.options,
            details: """
                What is not given stays as it is. What arrives is taken off what is wanted.
                Examples:
                  kazasu shelter supply s01 water --title 飲料水500ml --wanted 400
                  kazasu shelter supply s01 water --arrived 240
                """
        ) { arguments, console in
            let shelter = try arguments.operand(0, .shelter)
            var wish = PutSupply(try arguments.operand(1, .supply), at: shelter)
            wish.wanted = try arguments.optional(.wanted)
            wish.stock = try arguments.optional(.stock)
            wish.arrived = try arguments.optional(.arrived)
            wish.title = try arguments.optional(.supplyTitle)
            let reception = try Reception(arguments, console)
            let changed = try reception.ask(wish, on: .putSupply)
            if reception.json { try console.json(changed) } else { console.line("\(shelter): \(reception.words.supplyChanged(changed))") }
            return .done
        }
    }

    package static var shelterHandOut: Command {
        Command(
            "shelter hand-out", "SHELTER ITEM", count: 2...2,
            summary: "begin to hand something out, once for each, confirmed by a card (物資の配布)",
            options: [Option<Int>.each.shape, Flag.perHousehold.shape, Option<ReaderPlace>.collecting.shape, Flag.ends.shape]
                + Reception.options,
            details: """
                Until --end, a card held at that reader receives and says nothing of where its holder stays, so whoever lives at home collects there too.
                Whoever has no card: kazasu shelter hand-to.
                Examples:
                  kazasu shelter hand-out s01 bento --reader s01-desk/reader-1
                  kazasu shelter hand-out s01 water --each 6 --household --reader s01-desk/reader-2
                  kazasu shelter hand-out s01 bento --end
                """
        ) { arguments, console in
            let shelter = try arguments.operand(0, .shelter)
            let item = try arguments.operand(1, .supply)
            let reader = try arguments.optional(.collecting)
            let ends = arguments.has(.ends)
            let reception = try Reception(arguments, console)
            if let reader { try reception.check(reader, standsFor: shelter) }
            let handOut = HandOut(
                item, at: shelter, each: try arguments.optional(.each) ?? 1, household: arguments.has(.perHousehold), agent: reader?.agent,
                reader: reader?.reader)
            let changed = try reception.ask(RunHandOut(handOut, ends: ends), on: .runHandOut)
            if reception.json { try console.json(changed) } else { console.line("\(shelter): \(reception.words.handOut(changed))") }
            if changed.ended == nil {
                console.note(
                    "who comes is told by: kazasu shelter desk \(shelter); to end it: kazasu shelter hand-out \(shelter) \(item) --end")
            }
            return .done
        }
    }

    package static var shelterHandTo: Command {
        Command(
            "shelter hand-to", "SHELTER ITEM", count: 2...2, summary: "hand something to people who have no card at the reader",
            options: Reception.who + Reception.options
        ) { arguments, console in
            let shelter = try arguments.operand(0, .shelter)
            let item = try arguments.operand(1, .supply)
            let reception = try Reception(arguments, console)
            let answer = try reception.ask(HandTo(item, to: try reception.evacuees(), at: shelter), on: .handTo)
            if reception.json {
                try console.json(answer)
            } else {
                for entry in answer.entries { console.line(reception.words.handed(entry)) }
            }
            // Nobody needs to read the words to know that somebody was there before.
            return answer.entries.contains { $0.before != nil } ? .refused : .done
        }
    }

    private static func text(_ shelters: [ShelterSupplies], _ words: PlainWords) -> String {
        guard shelters.contains(where: { !$0.supplies.isEmpty }) else {
            return Phrase("nothing is put down yet: kazasu shelter supply SHELTER ITEM", "登録なし:kazasu shelter supply SHELTER ITEM")[
                words.language] + "\n"
        }
        return table([words.suppliesHeading] + shelters.flatMap { words.rows($0) })
    }
}

extension Reception {
    /// A card at a reader that stands for something else would be received by nobody.
    fileprivate func check(_ place: ReaderPlace, standsFor shelter: ShelterID) throws {
        let town = station.town
        guard let reader = town.agent(place.agent)?.readers.first(where: { $0.id == place.reader }) else {
            throw Failure.refused("there is no reader \(place) in this town. They are listed by: kazasu reader list")
        }
        let topic = Channel.readers.topic(in: town.name, place.agent.named(), at: place.reader.named()).description
        let state = try desk.session.look(at: [topic]).last.flatMap { try? Envelope<ReaderState>(json: $0.payload).data }
        let purpose = state?.purpose ?? reader.purpose
        guard purpose.shelter == shelter else {
            throw Failure.refused(
                "reader \(place) is for \(purpose) now, so \(shelter) hears nothing of cards there. Set it first: kazasu reader purpose \(place) shelter:\(shelter)"
            )
        }
    }

    /// As the registry knows them, those of islands among them.
    fileprivate func supplies(of shelter: ShelterID?) throws -> [ShelterSupplies] {
        let all: [ShelterSupplies] = try everyPage { last in
            let page = try ask(ListSupplies(after: last?.shelter), on: .listSupplies)
            return (page.shelters, page.more)
        }
        return all.filter { shelter == nil || $0.shelter == shelter }
    }
}
