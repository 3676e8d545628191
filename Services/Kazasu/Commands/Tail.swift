import Bus
import Contracts
import Town

extension Option where Value == String {
    fileprivate static var topic: Self {
        Self(
            "--topic", "FILTER", "only these topics, such as +/reader-agent/event/+/tap",
            expected: "an MQTT topic filter, + for one level, # for the rest"
        ) {
            $0.isEmpty ? nil : $0
        }
    }
}

extension Command {
    package static var tail: Command {
        Command(
            "tail", summary: "what happens on the bus, one line an event, until Ctrl-C",
            options: [Flag.json.shape, Option.topic.shape, Option.language.shape] + Station.options,
            details:
                "With --json each line is {\"topic\":…,\"message\":…}, the message as it went over the bus. Nobody's name is on the bus, so none is shown."
        ) { arguments, console in
            let filter = try arguments.optional(.topic)
            let language = try arguments.optional(.language) ?? .en
            let station = try Station(arguments, console)
            let signals = try Signals()
            let session = try station.lookout()
            // What a user may read stands in the contract, so there is no second list of it here.
            let filters = Contract.access(of: session.role, session.instance, in: station.town.name).filter { line in
                line.access == .read
                    && [.event, .state, .health].contains { (kind: TopicClass) in line.filter.contains("/\(kind.rawValue)/") }
            }
            var page = Page(words: PlainWords(language, station.town), filter: filter)
            func show(_ message: Message) {
                if arguments.has(.json) {
                    if let line = page.json(message) { console.line(line) }
                } else if let line = page.plain(message) {
                    console.line(line)
                }
            }
            for message in try session.look(at: filters.map(\.filter)) { show(message) }
            while !signals.haveCome() {
                if let message = try session.next(within: 250) { show(message) }
            }
            return .done
        }
    }
}

/// Which messages are worth a line, and that line.
private struct Page {
    let words: PlainWords
    let filter: String?
    /// What was last shown of a topic whose messages are repeated though nothing happens.
    private var last: [String: String] = [:]

    init(words: PlainWords, filter: String?) {
        self.words = words
        self.filter = filter
    }

    mutating func plain(_ message: Message) -> String? {
        guard let topic = wanted(message), let said = words.say(message.payload, on: topic) else { return nil }
        if topic.kind != .event {
            guard last[message.topic] != said.what else { return nil }
            last[message.topic] = said.what
        }
        return "\(said.time.clock(words.town.offset))  \(padded(said.place, to: 22))  \(said.what)"
    }

    func json(_ message: Message) -> String? {
        // Only what is JSON may stand inside JSON.
        guard wanted(message) != nil, (try? message.payload.decoded(as: AnyJSON.self)) != nil else { return nil }
        let body = message.payload.map { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") ? UInt8(ascii: " ") : $0 }
        return "{\"message\":\(String(decoding: body, as: UTF8.self)),\"topic\":\"\(message.topic)\"}"
    }

    private func wanted(_ message: Message) -> Topic? {
        guard filter.map({ topicMatches(message.topic, filter: $0) }) ?? true else { return nil }
        return Topic(message.topic)
    }
}

private struct AnyJSON: Decodable {
    init(from decoder: any Decoder) {}
}
