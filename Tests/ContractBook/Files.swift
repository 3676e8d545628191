import Glibc

/// A folder of text files.
package struct Files {
    package let root: String

    package init(_ root: String) { self.root = root }

    package func text(_ path: String) -> String? {
        guard let file = fopen("\(root)/\(path)", "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// - Returns: whether it is written.
    package func write(_ text: String, to path: String) -> Bool {
        guard let file = fopen("\(root)/\(path)", "w") else { return false }
        let bytes = Array(text.utf8)
        let count = fwrite(bytes, 1, bytes.count, file)
        return fclose(file) == 0 && count == bytes.count
    }

    /// Files of one folder by the ending of their names, sorted, as paths from the root; with those of the folders in it, if so wished.
    package func list(_ folder: String, ending: String, below: Bool = false) -> [String] {
        guard let directory = opendir("\(root)/\(folder)") else { return [] }
        defer { closedir(directory) }
        var found: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            guard !name.hasPrefix(".") else { continue }
            if entry.pointee.d_type == UInt8(DT_DIR) {
                if below { found += list("\(folder)/\(name)", ending: ending, below: true) }
            } else if name.hasSuffix(ending) {
                found.append("\(folder)/\(name)")
            }
        }
        return found.sorted()
    }
}
