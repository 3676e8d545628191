/// Looks for words and numbers in bytes as they may stand there: as they are, as JSON may escape them (RFC 8259, section 7), in hexadecimal, and inside
/// base64 (RFC 4648) wherever they begin in what it holds.
package struct Sniffer: Sendable {
    private struct Form {
        let name: String
        let bytes: [UInt8]
    }

    /// By their first two bytes.
    private let forms: [UInt16: [Form]]
    private let mayBegin: [Bool]

    /// - Parameter numbers: bytes that are no text, by what to call them.
    package init(_ words: [String], numbers: [String: [UInt8]] = [:]) {
        let forms =
            words.flatMap { word in Self.forms(of: word).map { Form(name: word, bytes: $0) } }
            + numbers.sorted { $0.key < $1.key }.flatMap { name, bytes in Self.forms(of: bytes).map { Form(name: name, bytes: $0) } }
        self.forms = Dictionary(grouping: forms) { UInt16($0.bytes[0]) << 8 | UInt16($0.bytes[1]) }
        var mayBegin = [Bool](repeating: false, count: 65_536)
        for key in self.forms.keys { mayBegin[Int(key)] = true }
        self.mayBegin = mayBegin
    }

    /// What is in there, in order of name.
    package func found(in bytes: [UInt8]) -> [String] {
        var found: Set<String> = []
        bytes.withUnsafeBufferPointer { bytes in
            mayBegin.withUnsafeBufferPointer { mayBegin in
                var at = 0
                let end = bytes.count - 1
                while at < end {
                    let key = UInt16(bytes[at]) << 8 | UInt16(bytes[at + 1])
                    if mayBegin[Int(key)] {
                        for form in forms[key, default: []] where bytes[at...].starts(with: form.bytes) { found.insert(form.name) }
                    }
                    at += 1
                }
            }
        }
        return found.sorted()
    }

    private static func forms(of word: String) -> Set<[UInt8]> {
        let escaped = word.utf16.map { "\\u" + hexadecimal(Int($0), digits: 4) }.joined()
        return forms(of: Array(word.utf8)).union([Array(escaped.utf8), Array(escaped.uppercased().replacing("\\U", with: "\\u").utf8)])
    }

    private static func forms(of bytes: [UInt8]) -> Set<[UInt8]> {
        precondition(bytes.count >= 4, "a shorter word is found everywhere by chance")
        let text = bytes.map { hexadecimal(Int($0), digits: 2) }.joined()
        let inBase64 = (0..<3).map { base64(bytes, behind: $0) }
        let forAddresses = inBase64.map {
            $0.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: "-") : $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0 }
        }
        return Set([bytes, Array(text.utf8), Array(text.uppercased().utf8)] + inBase64 + forAddresses)
    }

    private static func hexadecimal(_ value: Int, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: digits - text.count) + text
    }

    /// The characters that depend on these bytes alone, when they begin at a place that is `start` beyond a multiple of three.
    private static func base64(_ bytes: [UInt8], behind start: Int) -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        let bits = (Array(repeating: 0, count: start) + bytes).flatMap { byte in (0..<8).map { Int(byte >> (7 - $0)) & 1 } }
        let first = (start * 8 + 5) / 6
        return (first..<bits.count / 6).map { at in alphabet[bits[at * 6..<at * 6 + 6].reduce(0) { $0 << 1 | $1 }] }
    }
}
