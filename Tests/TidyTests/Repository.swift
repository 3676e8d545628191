import Glibc

/// The checked-out files of this repository.
enum Repository {
    /// Three levels above this file.
    static let root: String = {
        let parts = #filePath.split(separator: "/").dropLast(3)
        return "/" + parts.joined(separator: "/")
    }()

    /// All files below `folder` whose names end so, as paths from the root, sorted. Folders that begin with a dot are left out.
    static func files(_ folder: String = "", ending: String) -> [String] {
        var found: [String] = []
        func walk(_ path: String) {
            guard let directory = opendir(path.isEmpty ? root : "\(root)/\(path)") else { return }
            defer { closedir(directory) }
            while let entry = readdir(directory) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
                guard !name.hasPrefix("."), name != "__pycache__" else { continue }
                let child = path.isEmpty ? name : "\(path)/\(name)"
                if entry.pointee.d_type == UInt8(DT_DIR) { walk(child) } else if name.hasSuffix(ending) { found.append(child) }
            }
        }
        walk(folder)
        return found.sorted()
    }

    static func exists(_ path: String) -> Bool { access("\(root)/\(path)", F_OK) == 0 }

    static func text(_ path: String) -> String {
        guard let file = fopen("\(root)/\(path)", "r") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func lines(_ path: String) -> [Substring] { text(path).split(separator: "\n", omittingEmptySubsequences: false) }

    /// The lines of a Swift file without comments and without what stands in quotes.
    static func code(_ path: String) -> [String] {
        var isLongText = false
        return lines(path).map { line in
            if line.contains("\"\"\"") {
                isLongText.toggle()
                return ""
            }
            if isLongText { return "" }
            var code = ""
            var isText = false
            var last: Character = " "
            for character in line {
                if character == "\"", last != "\\" { isText.toggle() } else if !isText { code.append(character) }
                if code.hasSuffix("//") { return String(code.dropLast(2)) }
                last = character
            }
            return code
        }
    }
}
