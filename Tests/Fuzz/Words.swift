import Cards
import Contracts
import Seal

extension FuzzTarget {
    /// Everything that is one word of text: each value has exactly one form, and that form is read.
    static let words = FuzzTarget(name: "word") { bytes in
        guard let text = String(validating: bytes, as: UTF8.self) else { return false }
        let read = [
            try isOnlyForm(Topic(text), text), try isOnlyForm(Address(text), text), try isOnlyForm(TownID(text), text),
            try isOnlyForm(Token(text), text), try isOnlyForm(EventID(text), text), try isOnlyForm(Epoch(text), text),
            try isOnlyForm(Purpose(text), text), try isOnlyForm(CalendarDate(text), text), try isTime(text), UTCOffset(text) != nil,
            try isBinary(text), try isHexadecimal(text),
        ]
        return read.contains(true)
    }
}

private func isOnlyForm(_ value: (some CustomStringConvertible)?, _ text: String) throws -> Bool {
    guard let value else { return false }
    try must(value.description.utf8.elementsEqual(text.utf8), "\(text.debugDescription) is read and written as \(value)")
    return true
}

/// A moment has many forms, but is the same in each of them.
private func isTime(_ text: String) throws -> Bool {
    guard let moment = Instant(rfc3339: text) else { return false }
    for offset in [UTCOffset.utc, .japan, UTCOffset(minutes: 14 * 60), UTCOffset(minutes: -14 * 60)].compactMap({ $0 }) {
        let written = moment.rfc3339(offset)
        try must(Instant(rfc3339: written) == moment, "\(text.debugDescription) is another moment as \(written)")
    }
    return true
}

private func isBinary(_ text: String) throws -> Bool {
    guard let bytes = Base64URL.decode(text.utf8) else { return false }
    try must(Base64URL.text(bytes).utf8.elementsEqual(text.utf8), "\(text.debugDescription) is read as base64url and written differently")
    return true
}

private func isHexadecimal(_ text: String) throws -> Bool {
    let aid = AID(hexadecimal: text)
    if let aid { try must(!AID.isForbidden(aid.bytes), "\(text.debugDescription) names what a tap must never touch") }
    guard let bytes = Hex.decode(text) else { return aid != nil }
    try must(Hex.text(bytes) == text.lowercased(), "\(text.debugDescription) is read as hexadecimal and written differently")
    return true
}
