import Contracts
import Town

extension Operand where Value == RelationKind {
    fileprivate static var kind: Self {
        let words = RelationKind.allCases.map(\.rawValue).joined(separator: ", ")
        return Self("KIND", expected: "one of \(words)") { RelationKind(rawValue: $0) }
    }
}

extension Command {
    /// Between the two cards of a ceremony; the directory gives both together a minute.
    private static let secondCard: Int64 = 45

    package static var relationGuardian: Command {
        Command(
            "relation guardian", summary: "a guardian and a child, by their two cards within a minute",
            options: [Option.enrolment.shape] + Counter.changing,
            details: """
                The guardian's card is held first, then the child's, over the same reader.
                Example: kazasu relation guardian --tap office/reader-1
                """
        ) { arguments, console in
            let place = try arguments.required(.enrolment)
            let counter = try Counter(arguments, console)
            let session = counter.desk.session
            let guardian = try session.nextEnrolment(at: place, whose: "the guardian's")
            let child = try session.nextEnrolment(at: place, whose: "the child's", after: guardian, seconds: secondCard)
            let both = try [guardian, child].map(counter.holder)
            try counter.confirm("is the first the guardian of the second?", about: both)
            let command = Relate(.guardian, tap: guardian.id, toTap: child.id)
            try counter.report(try counter.ask(command, on: .relate), "guardian noted")
            return .done
        }
    }

    package static var relationAdd: Command {
        relate("add", ends: nil, done: "relation noted", summary: "note what one person is to another")
    }
    package static var relationEnd: Command {
        relate("end", ends: true, done: "relation ended", summary: "what one person is to another no more")
    }

    private static func relate(_ word: String, ends: Bool?, done: String, summary: String) -> Command {
        Command(
            "relation \(word)", "KIND PERSON TO", count: 3...3, summary: summary, options: [Option.why.shape] + Counter.changing,
            details: """
                KIND is \(RelationKind.allCases.map(\.rawValue).joined(separator: ", ")): the first person is that to the second.
                A guardian is noted by two cards alone: kazasu relation guardian.
                Example: kazasu relation \(word) helper p-7k3mq2x5t4w2vbza p-2x5t4w2vbza7k3mq --why "asked for by both"
                """
        ) { arguments, console in
            let kind = try arguments.operand(0, .kind)
            let (person, other) = (try arguments.operand(1, .person), try arguments.operand(2, .person))
            let why = try arguments.reason(console)
            let counter = try Counter(arguments, console)
            let both = try [person, other].map { try counter.who($0, doing: "relation \(word) \(kind.rawValue)") }
            try counter.confirm("relation \(word): the first is \(kind.phrase.en) of the second?", about: both)
            let command = Relate(kind, person: person, to: other, why: why, ends: ends)
            try counter.report(try counter.ask(command, on: .relate), done)
            return .done
        }
    }
}
