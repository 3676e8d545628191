import Contracts

/// How a command names somebody: by the id, or by the card that is held over a reader.
enum Whom {
    case person(PersonID)
    case holder(ReaderPlace)
}

/// Somebody, with what the directory is asked by: the id, or the tap of the card.
struct Found {
    let brief: PersonBrief
    var person: PersonID?
    var tap: EventID?
}

extension Arguments {
    /// The person of an operand, or of `--tap`: one of them.
    func whom(_ index: Int) throws(Failure) -> Whom {
        let place = try optional(.enrolment)
        guard operands.indices.contains(index) else {
            if let place { return .holder(place) }
            throw .usage("who? Give the person's id (kazasu person find shows it), or --tap AGENT/READER and hold the person's card there.")
        }
        guard place == nil else { throw .usage("give the person's id or --tap, not both.") }
        return .person(try operand(index, .person))
    }

    /// The reason of `--why`; on a terminal it is asked for.
    func reason(_ console: Console) throws(Failure) -> String {
        if let why = try optional(.why) { return why }
        if console.isTerminal, let said = try console.answer(to: "why (is kept with your name)"), let why = Option.why.parse(said) {
            return why
        }
        return try required(.why)
    }
}
