/// A batch on the wire: the header's fields and `"events":[…]` holding the journaled envelopes byte for byte.
package enum Batch {
    package static func json(_ header: BatchHeader, events: [[UInt8]]) throws -> [UInt8] {
        // Keys sorted: answer, epoch, events, from, to, topic. `events` goes in front of `from`, the first key after it.
        let fields = try header.json()
        let mark = Array("\"from\":".utf8)
        guard let cut = fields.indices.first(where: { fields[$0...].starts(with: mark) }) else {
            preconditionFailure("a batch header has from")
        }
        var out = Array(fields[..<cut])
        out.reserveCapacity(fields.count + events.reduce(16) { $0 + $1.count + 1 })
        out += "\"events\":[".utf8
        for (index, event) in events.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            out += event
        }
        out += "],".utf8
        out += fields[cut...]
        return out
    }

    /// The header, and each element of `events` as the bytes it arrived in, so that one unreadable event spoils no other.
    package static func read(_ json: [UInt8]) throws -> (header: BatchHeader, events: [[UInt8]]) {
        (try json.decoded(as: BatchHeader.self), elements(ofKey: "events", in: json))
    }

    /// Cuts a well-formed JSON object's array into its elements. Only quotes, escapes and brackets matter for that.
    static func elements(ofKey wanted: String, in json: [UInt8]) -> [[UInt8]] {
        var elements: [[UInt8]] = []
        var depth = 0
        var key: ArraySlice<UInt8> = []
        var inside = false
        var start = 0
        var at = 0
        func close(_ end: Int) {
            let element = json[start..<end]
            if element.contains(where: { $0 > 0x20 }) { elements.append(Array(element)) }
        }
        while at < json.count {
            switch json[at] {
            case UInt8(ascii: "\""):
                let open = at + 1
                at = open
                while at < json.count, json[at] != UInt8(ascii: "\"") { at += json[at] == UInt8(ascii: "\\") ? 2 : 1 }
                guard at < json.count else { return [] }
                if depth == 1 { key = json[open..<at] }
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                depth += 1
                if depth == 2, json[at] == UInt8(ascii: "["), key.elementsEqual(wanted.utf8) {
                    inside = true
                    start = at + 1
                }
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                if inside, depth == 2 {
                    close(at)
                    return elements
                }
                depth -= 1
            case UInt8(ascii: ",") where inside && depth == 2:
                close(at)
                start = at + 1
            default: break
            }
            at += 1
        }
        return []
    }
}
