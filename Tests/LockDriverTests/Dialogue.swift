import Contracts
import Glibc
import Testing
import Town

@testable import LockDriver

/// What one kind of device says and hears, as its own project's pages have it: a file in `Dialogues`, with its source.
struct Dialogue: Decodable, Sendable, CustomTestStringConvertible {
    struct Line: Decodable, Sendable {
        let topic: String
        let text: String
        var payload: [UInt8] { Array(text.utf8) }

        init(from decoder: any Decoder) throws {
            var parts = try decoder.unkeyedContainer()
            topic = try parts.decode(String.self)
            text = try parts.decode(String.self)
        }
    }

    let source: String
    let kind: String
    let device: String
    /// Its name at the broker, at a door named after its kind.
    let user: UserID
    let hears: [String]
    let present, away, locked, moving, unlocked, jammed: [Line]
    let unlock, lock: Line
    /// What it keeps on its command topic itself.
    let harmless: Line?
    /// What the town is told of `locked`.
    let condition: LockCondition?

    var testDescription: String { kind }
    var door: DoorID { DoorID(kind) ?? "door" }
    var driver: Town.Driver { Town.Driver(kind: Town.Driver.Kind(rawValue: kind) ?? .homeAssistant, device: device) }
    var dialect: Dialect { Dialect(driver) }

    static let all: [Dialogue] = Town.Driver.Kind.allCases.map { kind in
        let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")
        let path = "/\(folder)/Dialogues/\(kind.rawValue).json"
        do { return try wholeFile(path).decoded(as: Dialogue.self) } catch { preconditionFailure("\(path): \(error)") }
    }
}

private func wholeFile(_ path: String) -> [UInt8] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = fread(&bytes, 1, bytes.count, file)
    return Array(bytes[..<count])
}
