import Glibc

/// The repository as files, found from where this one lies.
struct Repository {
    let root: String
    /// Paths below the root, sorted; what git ignores is left out.
    let paths: [String]

    init(file: String = #filePath) {
        root = file.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        var found: [String] = []
        Self.walk(root, "", &found)
        paths = found.sorted()
    }

    func text(_ path: String) -> String {
        guard let file = fopen("\(root)/\(path)", "r") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    func swift(in folders: String...) -> [String] {
        paths.filter { path in path.hasSuffix(".swift") && folders.contains { path.hasPrefix($0 + "/") } }
    }

    private static func walk(_ root: String, _ below: String, _ found: inout [String]) {
        guard let folder = opendir(below.isEmpty ? root : "\(root)/\(below)") else { return }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if [".", "..", ".git", ".build", "__pycache__"].contains(name) { continue }
            let path = below.isEmpty ? name : "\(below)/\(name)"
            if entry.pointee.d_type == UInt8(DT_DIR) { walk(root, path, &found) } else { found.append(path) }
        }
    }
}
