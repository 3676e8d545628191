import Contracts

/// Reads the subset of YAML 1.1 that settings need: one document of texts, lists and mappings in UTF-8. Anchors, aliases and tags are refused,
/// because what they mean cannot be seen where they stand.
struct YAML: ~Copyable {
    static let mostBytes = 1 << 20
    static let mostDepth = 16
    static let mostNodes = 100_000

    private var events: YAMLEvents
    private let findings: Findings
    private var nodes = 0

    /// The document's value; nil when the text cannot be read to its end, which is then among the findings.
    static func read(_ bytes: [UInt8], into findings: Findings) -> Node? {
        guard bytes.count <= mostBytes else {
            findings.fault(Mark(), "the file is longer than \(mostBytes) bytes. Remove what is not needed.")
            return nil
        }
        var yaml = YAML(events: YAMLEvents(bytes), findings: findings)
        do {
            return try yaml.document()
        } catch {
            findings.stopped(by: error)
            return nil
        }
    }

    private init(events: consuming YAMLEvents, findings: Findings) {
        self.events = events
        self.findings = findings
    }

    private mutating func document() throws(Fault) -> Node {
        guard try events.next().kind == .documentStart else { throw Fault(Mark(), "the file is empty. Write one: see Docs/town.md.") }
        let root = try node(events.next(), depth: 1)
        _ = try events.next()
        let after = try events.next()
        guard after.kind == .streamEnd else {
            throw Fault(
                after.mark, "a second document starts here. Keep one document in a file: remove the line --- and what does not belong.")
        }
        return root
    }

    private mutating func node(_ event: YAMLEvent, depth: Int) throws(Fault) -> Node {
        nodes += 1
        guard nodes <= Self.mostNodes else {
            throw Fault(event.mark, "the file has more than \(Self.mostNodes) values. Remove what is not needed.")
        }
        guard depth <= Self.mostDepth else {
            throw Fault(
                event.mark,
                "this is nested more than \(Self.mostDepth) levels deep. Nothing here needs that: check the brackets and the indentation.")
        }
        refuseAnchorOrTag(event)
        let content: Node.Content
        switch event.kind {
        case .scalar(let text, let quoted): content = .scalar(text, quoted: quoted)
        case .sequenceStart: content = .sequence(try items(depth: depth))
        case .mappingStart: content = .mapping(try entries(depth: depth))
        case .alias:
            findings.fault(
                event.mark, "an alias (*) refers to another place. Write the value out here, or put a text that begins with * in quotes.")
            content = .refused
        case .end, .documentStart, .documentEnd, .streamEnd: content = .refused
        }
        return Node(content: content, mark: event.mark)
    }

    private mutating func items(depth: Int) throws(Fault) -> [Node] {
        var items: [Node] = []
        var event = try events.next()
        while event.kind != .end {
            items.append(try node(event, depth: depth + 1))
            event = try events.next()
        }
        return items
    }

    private mutating func entries(depth: Int) throws(Fault) -> [Entry] {
        var entries: [Entry] = []
        var firsts: [String: Mark] = [:]
        var event = try events.next()
        while event.kind != .end {
            let key = try node(event, depth: depth + 1)
            let value = try node(events.next(), depth: depth + 1)
            event = try events.next()
            guard case .scalar(let text, _) = key.content else {
                if case .refused = key.content { continue }
                findings.fault(
                    key.mark, "a list or mapping cannot be a key. Write a name before the colon, or put a text with brackets in quotes.")
                continue
            }
            if let first = firsts[text] {
                findings.fault(key.mark, "\(quoted(text)) stands twice here, first in line \(first.line). Remove or rename one of them.")
                continue
            }
            firsts[text] = key.mark
            entries.append(Entry(key: text, keyMark: key.mark, value: value))
        }
        return entries
    }

    private func refuseAnchorOrTag(_ event: YAMLEvent) {
        if event.hasAnchor { findings.fault(event.mark, "an anchor (&) is not read here. Write the value out wherever it is needed.") }
        if event.hasTag {
            findings.fault(event.mark, "a tag (!) is not read here. Write the value alone, or put a text that begins with ! in quotes.")
        }
    }
}
