import Glibc
import Seal

/// A folder of its own for one test, gone with it.
final class Scratch {
    let path: String

    init() throws {
        path = "/tmp/kazasu-seal-\(getpid())-\(Hex.text(try randomBytes(6)))"
        guard mkdir(path, 0o700) == 0 else { throw Failure("mkdir \(path): errno \(errno)") }
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a plain file with exactly this mode.
    @discardableResult
    func write(_ bytes: some Sequence<UInt8>, to name: String, mode: mode_t = 0o600) throws -> String {
        guard let file = fopen(file(name), "w") else { throw Failure("fopen \(name): errno \(errno)") }
        defer { fclose(file) }
        let bytes = Array(bytes)
        guard fwrite(bytes, 1, bytes.count, file) == bytes.count, fchmod(fileno(file), mode) == 0 else { throw Failure("write \(name)") }
        return self.file(name)
    }

    func mode(_ name: String) -> mode_t? {
        var status = stat()
        return stat(file(name), &status) == 0 ? status.st_mode & 0o7777 : nil
    }

    /// The names in the folder, sorted.
    var names: [String] {
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

struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
