import Contracts

extension EventID {
    /// The id of what follows from one cause: the cause's 48 bits of time and the first 80 bits of SHA-256(`cause\ntype\ndiscriminator`).
    ///
    /// Deciding the same thing again gives the same id, whoever does it and after whatever crash.
    package static func derived(from cause: EventID, type: String, discriminator: String = "") -> EventID {
        var text: [UInt8] = []
        text.reserveCapacity(96)
        cause.write(to: &text)
        text.append(UInt8(ascii: "\n"))
        text += type.utf8
        text.append(UInt8(ascii: "\n"))
        text += discriminator.utf8
        return EventID(time: cause.high >> 16, hash: sha256(text))
    }

    /// The id of what has several causes or none: its own identity stands in for the cause. For a timer: what, key, due instant.
    package static func derived(ofType type: String, identity: String, at time: Instant) -> EventID {
        EventID(
            time: UInt64(truncatingIfNeeded: time.milliseconds) & 0xffff_ffff_ffff,
            hash: sha256("\(identity)\n\(type)\n\(time.milliseconds)"))
    }

    private init(time: UInt64, hash: [UInt8]) {
        func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        self.init(high: time << 16 | number(hash[0..<2]), low: number(hash[2..<10]))
    }
}
