/// Just enough of BER-TLV (ISO 7816-4, 5.2.2; X.690, 8.1) to find one value on a card. Never reads past the bytes it is given.
package enum BER {
    /// Nesting beyond this is no card's file.
    static let deepest = 4

    /// The value of the first object with this tag, looking into constructed ones; nil if it is not there or the bytes before
    /// it make no sense.
    package static func value(of tag: UInt32, in bytes: some RandomAccessCollection<UInt8>) -> [UInt8]? {
        find(tag, in: Array(bytes)[...], depth: 0)
    }

    private static func find(_ tag: UInt32, in bytes: ArraySlice<UInt8>, depth: Int) -> [UInt8]? {
        var rest = bytes
        while let object = next(&rest) {
            if object.tag == tag { return Array(object.value) }
            if object.isConstructed, depth < deepest, let found = find(tag, in: object.value, depth: depth + 1) { return found }
        }
        return nil
    }

    struct Object {
        let tag: UInt32
        let isConstructed: Bool
        let value: ArraySlice<UInt8>
    }

    /// Takes the next object off the front; nil at the end and where the bytes make no sense.
    static func next(_ bytes: inout ArraySlice<UInt8>) -> Object? {
        // 00 and FF between objects are filling (ISO 7816-4, 5.2.2.1).
        bytes = bytes.drop { $0 == 0x00 || $0 == 0xFF }
        guard let header = Header(bytes), header.length <= bytes.count - header.size else { return nil }
        let start = bytes.startIndex + header.size
        let value = bytes[start..<start + header.length]
        bytes = bytes[value.endIndex...]
        return Object(tag: header.tag, isConstructed: header.isConstructed, value: value)
    }

    /// How many bytes the object at the front takes in all, known from its first bytes; nil if they do not say.
    static func size(ofObjectAt bytes: [UInt8]) -> Int? { Header(bytes[...]).map { $0.size + $0.length } }

    /// Tag of up to three bytes, length of up to two after its own count. The indefinite form is refused.
    private struct Header {
        let tag: UInt32
        let isConstructed: Bool
        let length: Int
        let size: Int

        init?(_ bytes: ArraySlice<UInt8>) {
            var at = bytes.startIndex
            func take() -> UInt8? {
                guard at < bytes.endIndex else { return nil }
                defer { at += 1 }
                return bytes[at]
            }
            guard let first = take() else { return nil }
            var tag = UInt32(first)
            if first & 0x1F == 0x1F {
                var more = true
                for _ in 0..<2 where more {
                    guard let byte = take() else { return nil }
                    tag = tag << 8 | UInt32(byte)
                    more = byte & 0x80 != 0
                }
                guard !more else { return nil }
            }
            guard let short = take() else { return nil }
            var length = Int(short)
            if short >= 0x80 {
                guard (0x81...0x82).contains(short) else { return nil }
                length = 0
                for _ in 0..<short & 0x7F {
                    guard let byte = take() else { return nil }
                    length = length << 8 | Int(byte)
                }
            }
            self.tag = tag
            self.isConstructed = first & 0x20 != 0
            self.length = length
            self.size = at - bytes.startIndex
        }
    }
}
