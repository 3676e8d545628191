/// Markup. What stands in its literal is ours; what is interpolated is somebody's, and is escaped unless it is markup itself. So no name and no note can become
/// a part of a page, and no page has to think of it. Attributes are written in double quotes.
package struct HTML: ExpressibleByStringInterpolation, Equatable, Sendable, CustomStringConvertible {
    package private(set) var description: String

    package init(stringLiteral text: String) { description = text }
    package init(stringInterpolation pieces: StringInterpolation) { description = pieces.text }

    package static func + (a: Self, b: Self) -> Self {
        var sum = a
        sum.description += b.description
        return sum
    }

    package var isEmpty: Bool { description.isEmpty }
    package var bytes: [UInt8] { Array(description.utf8) }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        package init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity + 16 * interpolationCount) }

        package mutating func appendLiteral(_ literal: String) { text += literal }
        package mutating func appendInterpolation(_ html: HTML) { text += html.description }
        package mutating func appendInterpolation(_ html: HTML?) { text += html?.description ?? "" }
        package mutating func appendInterpolation(_ list: [HTML]) { for html in list { text += html.description } }
        package mutating func appendInterpolation(_ number: Int) { text += "\(number)" }
        package mutating func appendInterpolation(_ words: String) { escape(words, into: &text) }
        package mutating func appendInterpolation<Written: CustomStringConvertible>(_ written: Written) {
            escape(written.description, into: &text)
        }
    }
}

extension [HTML] {
    func joined(separator: HTML) -> HTML { dropFirst().reduce(first ?? "") { $0 + separator + $1 } }
}

/// As text and as the value of a quoted attribute (HTML, 13.1.2.3 and 13.3). What no document may hold, and what turns the direction of the text around it,
/// becomes a sign that something was there.
private func escape(_ text: String, into out: inout String) {
    for scalar in text.unicodeScalars {
        switch scalar {
        case "&": out += "&amp;"
        case "<": out += "&lt;"
        case ">": out += "&gt;"
        case "\"": out += "&quot;"
        case "'": out += "&#39;"
        case "\n", "\t", "\r": out.unicodeScalars.append(scalar)
        case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}", "\u{200E}", "\u{200F}":
            out += "\u{FFFD}"
        default: out.unicodeScalars.append(scalar)
        }
    }
}
