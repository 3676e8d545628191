import Glibc

extension FuzzTarget {
    /// Where the checked-in examples lie, one folder a target. A name that begins with `bad-` is one that must be refused.
    package static let corpora = "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/") + "/Corpora"

    package var examples: [String] {
        guard let folder = opendir("\(Self.corpora)/\(name)") else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if !name.hasPrefix(".") { names.append("\(self.name)/\(name)") }
        }
        return names.sorted()
    }

    package static func corpus(_ example: String) throws -> [UInt8] { try contents("\(corpora)/\(example)") }

    package static func contents(_ path: String) throws -> [UInt8] {
        guard let file = fopen(path, "r") else { throw Broken("\(path) cannot be read: \(String(cString: strerror(errno)))") }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
        return bytes
    }
}
