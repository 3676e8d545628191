import Glibc

/// Shift_JIS as Windows writes it (CP932, Windows-31J), every character asked of iconv(3) once.
///
/// The user-defined characters (F040–F9FC), where towns keep their gaiji (外字), are private use characters from U+E000, as on Windows.
struct CP932: Sendable {
    /// Nil where the C library has no CP932.
    static let table = CP932()

    /// By one byte, or by two as a big-endian number; 0 where there is no character.
    private var scalars = [UInt16](repeating: 0, count: 0x10000)
    /// The reverse. Several codes may stand for one character, and the pairs of look-alikes (〜 ～, − －) share one code.
    private var codes = [UInt16](repeating: 0, count: 0x10000)

    private init?() {
        guard let reader = Converter(from: "CP932", to: "UTF-16LE"), let writer = Converter(from: "UTF-16LE", to: "CP932") else {
            return nil
        }
        for code in UInt16(1)...UInt16.max where !Self.isLead(UInt8(truncatingIfNeeded: code)) || code > 0xFF {
            let (high, low) = (UInt8(code >> 8), UInt8(truncatingIfNeeded: code))
            guard high == 0 || Self.isLead(high), let units = reader.converted(high == 0 ? [low] : [high, low]), units.count == 2 else {
                continue
            }
            scalars[Int(code)] = UInt16(units[0]) | UInt16(units[1]) << 8
        }
        for scalar in UInt16(1)...UInt16.max {
            guard let code = writer.converted([UInt8(truncatingIfNeeded: scalar), UInt8(scalar >> 8)]), (1...2).contains(code.count) else {
                continue
            }
            codes[Int(scalar)] = code.reduce(0) { $0 << 8 | UInt16($1) }
        }
    }

    private static func isLead(_ byte: UInt8) -> Bool { (0x81...0x9F).contains(byte) || (0xE0...0xFC).contains(byte) }

    func text(of bytes: ArraySlice<UInt8>) throws(NoCharacter) -> String {
        guard bytes.contains(where: { $0 >= 0x80 }) else { return String(decoding: bytes, as: UTF8.self) }
        var units: [UInt16] = []
        units.reserveCapacity(bytes.count)
        var at = bytes.startIndex
        while at < bytes.endIndex {
            let isPair = Self.isLead(bytes[at]) && at + 1 < bytes.endIndex
            let next = at + (isPair ? 2 : 1)
            let scalar = scalars[isPair ? Int(bytes[at]) << 8 | Int(bytes[at + 1]) : Int(bytes[at])]
            guard scalar != 0 else { throw NoCharacter(bytes: at..<next) }
            units.append(scalar)
            at = next
        }
        return String(decoding: units, as: UTF16.self)
    }

    /// Appends the code of a character; false when it has none.
    func append(_ scalar: Unicode.Scalar, to out: inout [UInt8]) -> Bool {
        guard scalar.value < 0x10000, case let code = codes[Int(scalar.value)], code != 0 else { return false }
        if code > 0xFF { out.append(UInt8(code >> 8)) }
        out.append(UInt8(truncatingIfNeeded: code))
        return true
    }
}

/// A conversion descriptor of iconv(3).
private struct Converter: ~Copyable {
    private let descriptor: iconv_t

    init?(from source: String, to target: String) {
        guard let descriptor = iconv_open(target, source), descriptor != iconv_t(bitPattern: -1) else { return nil }
        self.descriptor = descriptor
    }

    deinit { iconv_close(descriptor) }

    /// Nil when the input is not exactly what the source holds and the target has.
    func converted(_ input: [UInt8]) -> [UInt8]? {
        var input = input
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 8) { output in
            var (rest, free) = (input.count, output.count)
            var target = output.baseAddress
            let result = input.withUnsafeMutableBytes { bytes in
                var source = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
                return iconv(descriptor, &source, &rest, &target, &free)
            }
            guard result != -1, rest == 0 else { return nil }
            return output.prefix(output.count - free).map(UInt8.init(bitPattern:))
        }
    }
}
