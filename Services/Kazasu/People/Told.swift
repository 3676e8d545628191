import Contracts

/// What a service was told, on one line: `groups: staff, tokens: k1.…`. Text that is no JSON is shown as it is.
func told(_ view: String) -> String {
    guard let value = try? Array(view.utf8).decoded(as: Told.self) else { return harmless(view) }
    return harmless(value.words)
}

/// Any JSON value.
private enum Told: Decodable {
    case nothing
    case flag(Bool)
    case number(Double)
    case text(String)
    case list([Told])
    case object([String: Told])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .nothing
        } else if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let list = try? container.decode([Told].self) {
            self = .list(list)
        } else {
            self = .object(try container.decode([String: Told].self))
        }
    }

    var words: String {
        switch self {
        case .nothing: "-"
        case .flag(let flag): flag ? "yes" : "no"
        case .number(let number): Int(exactly: number).map { "\($0)" } ?? "\(number)"
        case .text(let text): text
        case .list(let list): list.isEmpty ? "-" : list.map(\.words).joined(separator: " ")
        case .object(let object):
            object.sorted { $0.key < $1.key }.map { key, value in
                if case .object = value { "\(key) (\(value.words))" } else { "\(key): \(value.words)" }
            }.joined(separator: ", ")
        }
    }
}
