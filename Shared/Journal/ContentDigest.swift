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
            if self[start] == UInt8(ascii: "\""), (1..<length).allSatisfy({ self[start + $0] == word.utf8Start[$0] }) {
                return start..<start + length
            }
            start -= 1
        }
        return nil
    }
}
