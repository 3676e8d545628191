import Glibc
import Testing

@testable import Town

/// The shortest town; its last line is the fifth.
let small = """
    town: nagai
    agents:
      gate-1:
        readers:
          r-1: { device: S, place: p, purpose: visit }

    """

let examplePath: String = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined() + "/deploy/town.example.yaml"

func exampleBytes() throws -> [UInt8] {
    let file = try #require(fopen(examplePath, "r"))
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    return Array(bytes[..<fread(&bytes, 1, bytes.count, file)])
}

/// What is wrong with a file, in its order.
func faults(_ bytes: [UInt8]) -> [Fault] {
    do throws(TownError) {
        _ = try Town.read(bytes, path: "town.yaml")
        return []
    } catch {
        guard case .faulty(_, let faults, _) = error else { return [] }
        return faults
    }
}

/// As a person sees them, without the file's name.
func sentences(_ text: String) -> [String] { faults(Array(text.utf8)).map { "\($0.line):\($0.column) \($0.text)" } }
