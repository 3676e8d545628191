// What a client writes in percents (RFC 3986, 2.1). Nothing here is guessed: what cannot be read is refused or left out, never mended.

/// Path and query of a request's target (RFC 9112, 3.2.1). `nil` for a path of which two programs could think differently: broken
/// percents, not UTF-8,
/// control characters, an encoded slash, segments that are empty, `.` or `..`. A pair of the query that cannot be read is left out.
package func target(_ bytes: [UInt8]) -> (path: String, query: [String: String])? {
    let mark = bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.endIndex
    guard bytes.first == UInt8(ascii: "/"), let path = percentDecoded(bytes[..<mark]) else { return nil }
    let segments = path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { Substring($0) }
    let slashes = bytes[..<mark].count { $0 == UInt8(ascii: "/") }
    guard segments.count == slashes, !segments.contains("."), !segments.contains(".."), !segments.dropLast().contains(""),
        path.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f })
    else { return nil }
    return (path, Dictionary(formPairs(bytes[mark...].dropFirst()), uniquingKeysWith: { first, _ in first }))
}

/// Pairs of application/x-www-form-urlencoded (WHATWG URL, 5.1). That standard mends broken percents and broken UTF-8; here such a pair,
/// or one that holds
/// NUL, is left out as if it had not been sent.
package func formPairs(_ bytes: ArraySlice<UInt8>) -> [(String, String)] {
    bytes.split(separator: UInt8(ascii: "&")).compactMap { pair in
        let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
        guard let name = percentDecoded(pair[..<equals], plusIsSpace: true),
            let value = percentDecoded(pair[equals...].dropFirst(), plusIsSpace: true)
        else { return nil }
        return (name, value)
    }
}

/// Decoded once; `nil` if a percent is not followed by two hexadecimal digits, or what comes out is not UTF-8 or holds NUL.
package func percentDecoded(_ bytes: ArraySlice<UInt8>, plusIsSpace: Bool = false) -> String? {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var index = bytes.startIndex
    while index < bytes.endIndex {
        switch bytes[index] {
        case UInt8(ascii: "%"):
            guard index + 2 < bytes.endIndex, let high = hexadecimal(bytes[index + 1]), let low = hexadecimal(bytes[index + 2]) else {
                return nil
            }
            decoded.append(high << 4 | low)
            index += 2
        case UInt8(ascii: "+") where plusIsSpace: decoded.append(UInt8(ascii: " "))
        case let byte: decoded.append(byte)
        }
        index += 1
    }
    return decoded.contains(0) ? nil : String(validating: decoded, as: UTF8.self)
}

private func hexadecimal(_ digit: UInt8) -> UInt8? { Character(Unicode.Scalar(digit)).hexDigitValue.map(UInt8.init) }
