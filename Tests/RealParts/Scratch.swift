import Glibc
import Seal

/// A folder of its own for one test, gone with it.
package final class Scratch {
    package let path: String

    package init() throws {
        path = "/tmp/kazasu-test-\(getpid())-\(Hex.text(try randomBytes(6)))"
        guard mkdir(path, 0o700) == 0 else { throw Failure("mkdir \(path): errno \(errno)") }
    }

    package func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a plain file with exactly this mode.
    @discardableResult
    package func write(_ bytes: some Sequence<UInt8>, to name: String, mode: mode_t = 0o600) throws -> String {
        guard let file = fopen(file(name), "w") else { throw Failure("fopen \(name): errno \(errno)") }
        defer { fclose(file) }
        let bytes = Array(bytes)
        guard fwrite(bytes, 1, bytes.count, file) == bytes.count, fchmod(fileno(file), mode) == 0 else { throw Failure("write \(name)") }
        return self.file(name)
    }

    /// What a file holds by now; nothing if there is none yet.
    package func text(_ name: String) -> String {
        guard let file = fopen(file(name), "r") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }

    package func mode(_ name: String) -> mode_t? {
        var status = stat()
        return stat(file(name), &status) == 0 ? status.st_mode & 0o7777 : nil
    }

    /// The names in the folder, sorted.
    package var names: [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            names.append(withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
        }
        return names.filter { $0 != "." && $0 != ".." }.sorted()
    }

    deinit {
        for name in names { unlink(file(name)) }
        rmdir(path)
    }
}

package struct Failure: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}
