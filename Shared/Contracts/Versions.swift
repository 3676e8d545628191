/// A type of payload with its version, as lives write it: `tap.v1`.
package struct Spoken: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let word: String
    package let version: Int

    /// Of a CloudEvents type of ours, `jp.kazasu.tap.v1`, or of what a life says, `tap.v1`.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".")
        guard parts.count >= 2, let last = parts.last, last.first == "v", let version = Int(last.dropFirst()) else { return nil }
        word = String(parts[parts.count - 2])
        self.version = version
    }

    package var description: String { "\(word).v\(version)" }
    package static func < (a: Self, b: Self) -> Bool { (a.word, a.version) < (b.word, b.version) }
}

extension Contract {
    /// What a role writes.
    package static func spoken(by role: Role) -> [Spoken] { Set(rows.filter { $0.writer == role }.compactMap { Spoken($0.type) }).sorted() }

    /// What `reader` reads of what `writer` writes.
    package static func read(by reader: Role, from writer: Role) -> [Spoken] {
        rows.filter { $0.writer == writer && $0.readers.contains(reader) }.compactMap { Spoken($0.type) }
    }

    /// A word that is said, but only in versions other than the one that is read. A word that is not said at all is nothing to misread.
    package static func clash(said: [Spoken], read: [Spoken]) -> (said: Spoken, read: Spoken)? {
        for wanted in read where !said.contains(wanted) {
            if let other = said.filter({ $0.word == wanted.word }).max() { return (other, wanted) }
        }
        return nil
    }
}
