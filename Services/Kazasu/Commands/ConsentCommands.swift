import Contracts
import Town

extension Option where Value == String {
    fileprivate static var wording: Self {
        Self("--wording", "VERSION", "which wording was agreed to", expected: "a version such as 2026-04") {
            $0.isEmpty || $0.unicodeScalars.count > 40 ? nil : $0
        }
    }
    fileprivate static var how: Self {
        Self("--how", "WORD", "how it was said: paper, phone; tap where a card is held", expected: "a word such as paper or phone") {
            $0.isEmpty || $0.unicodeScalars.count > 40 ? nil : $0
        }
    }
}

extension Operand where Value == ServiceID {
    fileprivate static var service: Self { Self("SERVICE", expected: "a service such as shelter, notifier or analytics") { ServiceID($0) } }
}

extension Operand where Value == Name<Consent> {
    fileprivate static var kind: Self { Self("KIND", expected: "what is agreed to, such as school-gate or care-needs") { Name($0) } }
}

extension Command {
    package static var consentGive: Command { note("give", given: true, done: "consent noted", summary: "note what somebody agrees to") }
    package static var consentWithdraw: Command {
        note("withdraw", given: false, done: "withdrawal noted", summary: "note that somebody agrees no more")
    }

    private static func note(_ word: String, given: Bool, done: String, summary: String) -> Command {
        Command(
            "consent \(word)", "SERVICE KIND [PERSON]", count: 2...3, summary: summary,
            options: [Option.enrolment.shape, Option.wording.shape, Option.how.shape] + Counter.changing,
            details: """
                Examples:
                  kazasu consent \(word) notifier school-gate --tap office/reader-1 --wording 2026-04
                  kazasu consent \(word) shelter care-needs p-7k3mq2x5t4w2vbza --wording 2026-04 --how paper
                """
        ) { arguments, console in
            let (service, kind) = (try arguments.operand(0, .service), try arguments.operand(1, .kind))
            let whom = try arguments.whom(2)
            let wording = try arguments.required(.wording)
            // A card that is held says it itself.
            let how = if case .holder = whom { "tap" } else { try arguments.required(.how) }
            let counter = try Counter(arguments, console)
            let found = try counter.find(whom, doing: "consent \(word) \(service) \(kind)")
            try counter.confirm("consent \(word) \(service) \(kind), for this person?", about: [found.brief])
            let command = SetConsent(service, kind, given: given, person: found.person, tap: found.tap, wording: wording, how: how)
            try counter.report(try counter.ask(command, on: .setConsent), done)
            return .done
        }
    }
}
