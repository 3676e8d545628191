import Contracts
import Seal

extension EventID {
    /// The id of what follows from one cause: the cause's 48 bits of time and the first 80 bits of SHA-256(`cause\ntype\ndiscriminator`).
    ///
    /// Deciding the same thing again gives the same id, whoever does it and after whatever crash.
    package static func derived(from cause: EventID, type: String, discriminator: String = "") -> EventID {
        EventID(time: cause.high >> 16, hash: sha256("\(cause)\n\(type)\n\(discriminator)"))
    }

    /// The id of what has several causes or none: its own identity stands in for the cause. For a timer: what, key, due instant.
    package static func derived(ofType type: String, identity: String, at time: Instant) -> EventID {
        EventID(time: UInt64(truncatingIfNeeded: time.milliseconds) & 0xffff_ffff_ffff, hash: sha256("\(identity)\n\(type)\n\(time.milliseconds)"))
    }

    private init(time: UInt64, hash: [UInt8]) {
        func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        self.init(high: time << 16 | number(hash[0..<2]), low: number(hash[2..<10]))
    }

    /// Sixteen bytes, big-endian, so that they sort as the ids do.
    package var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 16) { buffer, count in
            for place in 0..<8 {
                buffer[place] = UInt8(truncatingIfNeeded: high >> (56 - 8 * UInt64(place)))
                buffer[place + 8] = UInt8(truncatingIfNeeded: low >> (56 - 8 * UInt64(place)))
            }
            count = 16
        }
    }

    package init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        self.init(high: number(bytes[0..<8]), low: number(bytes[8..<16]))
    }
}

/// 64 bits over everything of an event but its place in a stream (FNV-1a; it tells a repeat from a contradiction and protects nothing).
///
/// The place is left out because a producer that was restored may say the same thing again at another place.
package func contentDigest(_ json: [UInt8]) -> Int64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func mix(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) {
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }
    json.withUnsafeBufferPointer { bytes in
        // Keys are sorted, so both stand behind `data`; the last place where they are spelled is theirs.
        guard let sequence = bytes.lastRange(of: "\"sequence\":\"", before: bytes.count),
            let epoch = bytes.lastRange(of: "\"epoch\":\"", before: sequence.lowerBound),
            let sequenceEnd = bytes[sequence.upperBound...].firstIndex(of: UInt8(ascii: "\"")),
            let epochEnd = bytes[epoch.upperBound...].firstIndex(of: UInt8(ascii: "\""))
        else { return mix(bytes[...]) }
        mix(bytes[..<epoch.lowerBound])
        mix(bytes[epochEnd..<sequence.lowerBound])
        mix(bytes[sequenceEnd...])
    }
    return Int64(bitPattern: hash)
}

extension UnsafeBufferPointer<UInt8> {
    fileprivate func lastRange(of word: StaticString, before end: Int) -> Range<Int>? {
        let length = word.utf8CodeUnitCount
        var start = end - length
        while start >= 0 {
            if self[start] == UInt8(ascii: "\""), (1..<length).allSatisfy({ self[start + $0] == word.utf8Start[$0] }) { return start..<start + length }
            start -= 1
        }
        return nil
    }
}
