/// How a list's characters are bytes.
package enum SheetEncoding: String, Sendable, CaseIterable {
    /// With or without a byte order mark; written with one, without which spreadsheets in Japan take the file for CP932.
    case utf8
    /// Shift_JIS as Windows writes it.
    case cp932

    static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// UTF-8 where the file says so or can be nothing else, otherwise CP932: Japanese text in CP932 is all but never valid UTF-8.
    init(of bytes: [UInt8]) {
        self = bytes.starts(with: Self.byteOrderMark) || (try? UTF8Span(validating: bytes.span)) != nil ? .utf8 : .cp932
    }

    /// The characters of `bytes`, every one of them or none.
    func text(of bytes: ArraySlice<UInt8>) throws(NoCharacter) -> String {
        switch self {
        case .utf8:
            if let text = String(validating: bytes, as: UTF8.self) { return text }
            throw NoCharacter(bytes: firstWrong(bytes))
        case .cp932:
            guard let table = CP932.table else { throw NoCharacter(bytes: bytes.startIndex..<bytes.startIndex) }
            return try table.text(of: bytes)
        }
    }

    /// As a person knows it.
    var name: String { self == .utf8 ? "UTF-8" : "CP932 (Shift_JIS)" }
}

/// Bytes, by their place in the file, that are no character of its encoding.
struct NoCharacter: Error {
    let bytes: Range<Int>
}

private func firstWrong(_ bytes: ArraySlice<UInt8>) -> Range<Int> {
    do throws(UTF8.ValidationError) {
        _ = try UTF8Span(validating: bytes.span)
        return bytes.startIndex..<bytes.startIndex
    } catch {
        return bytes.startIndex + error.byteOffsets.lowerBound..<bytes.startIndex + error.byteOffsets.upperBound
    }
}
