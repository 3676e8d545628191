import Glibc

/// Removes a file, or a folder and all that is in it. Links are removed, not followed.
func remove(_ path: String) throws(Failure) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    if status.st_mode & S_IFMT == S_IFDIR { for name in fileNames(in: path) { try remove("\(path)/\(name)") } }
    guard Glibc.remove(path) == 0 || errno == ENOENT else {
        throw .refused("\(path) cannot be removed: \(String(cString: strerror(errno))).")
    }
}

/// Gives a file another place on the same disk.
func move(_ from: String, _ to: String) throws(Failure) {
    guard rename(from, to) == 0 else { throw .refused("\(from) cannot be moved to \(to): \(String(cString: strerror(errno))).") }
}

/// What lies in a folder, sorted; nothing if there is none.
func fileNames(in folder: String) -> [String] {
    guard let open = opendir(folder) else { return [] }
    defer { closedir(open) }
    var names: [String] = []
    while let entry = readdir(open) {
        names.append(withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
    }
    return names.filter { $0 != "." && $0 != ".." }.sorted()
}

/// The whole of a file.
func readWhole(_ path: String) throws(Failure) -> [UInt8] {
    guard let file = fopen(path, "r") else { throw .refused("\(path) cannot be read: \(String(cString: strerror(errno))).") }
    defer { fclose(file) }
    var whole: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = fread(&part, 1, part.count, file)
        if count == 0 { return whole }
        whole += part[..<count]
    }
}

/// Bytes in a file; 0 if there is none.
func size(of path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
}
