import Glibc

/// Files that hold secrets: mode 0600, whole or absent, on the disk before anyone relies on them.
package enum SecretFile {
    /// No secret of ours comes near this size, in bytes.
    package static let limit = 64 * 1024

    /// Refuses a file that group or others may use, that is no regular file, or that is longer than the limit, 64 KiB.
    package static func read(_ path: String, atMost limit: Int = Self.limit) throws(SealError) -> [UInt8] {
        try readFile(path, secret: true, atMost: limit)
    }

    /// A secret that must not exist yet; an existing file is never replaced.
    package static func create(_ path: String, _ bytes: [UInt8]) throws(SealError) {
        try place(bytes, at: path, mode: 0o600, replacing: false)
    }

    /// A secret that may take the place of an older one.
    package static func replace(_ path: String, _ bytes: [UInt8]) throws(SealError) {
        try replaceFile(path, bytes, mode: 0o600)
    }
}

/// Reads a whole regular file of at most `limit` bytes; `secret` demands that its owner alone may use it.
func readFile(_ path: String, secret: Bool, atMost limit: Int = SecretFile.limit) throws(SealError) -> [UInt8] {
    // Non-blocking, so that a pipe in place of the file is refused and not waited for.
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw failure("open", path) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw failure("look at", path) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .file(path: path, doing: "read", reason: "it is not a regular file") }
    guard !secret || status.st_mode & 0o077 == 0 else { throw .exposed(path: path, mode: status.st_mode & 0o7777) }
    guard status.st_size <= limit else {
        throw .file(path: path, doing: "read", reason: "it is longer than \(limit) bytes")
    }
    var bytes = [UInt8](repeating: 0, count: limit + 1)
    var length = 0
    while length < bytes.count {
        let got = bytes.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress.map { $0 + length }, $0.count - length) }
        if got < 0 && errno == EINTR { continue }
        guard got >= 0 else { throw failure("read", path) }
        guard got > 0 else { break }
        length += got
    }
    guard length <= limit else { throw .file(path: path, doing: "read", reason: "it is longer than \(limit) bytes") }
    return Array(bytes[..<length])
}

/// Puts the bytes at the path, whole or not at all, in place of what was there.
func replaceFile(_ path: String, _ bytes: [UInt8], mode: mode_t) throws(SealError) {
    try place(bytes, at: path, mode: mode, replacing: true)
}

/// Fills a temporary neighbour, gives it the name, and waits until the folder is on the disk too.
private func place(_ bytes: [UInt8], at path: String, mode: mode_t, replacing: Bool) throws(SealError) {
    let temporary = "\(path).\(Hex.text(try randomBytes(6))).new"
    defer { unlink(temporary) }
    try fill(temporary, bytes, mode: mode, for: path)
    // link fails when the name is taken; neither call ever shows half a file.
    guard (replacing ? rename(temporary, path) : link(temporary, path)) == 0 else {
        throw errno == EEXIST ? .exists(path: path) : failure("create", path)
    }
    let folder = open(folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw failure("open the folder of", path) }
    defer { close(folder) }
    guard fsync(folder) == 0 else { throw failure("write the folder of", path) }
}

/// Writes a new file and waits for the disk. Errors name the path the file is meant for.
private func fill(_ temporary: String, _ bytes: [UInt8], mode: mode_t, for path: String) throws(SealError) {
    let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard file >= 0 else { throw failure("create", path) }
    defer { close(file) }
    // The umask may have taken bits away; it never adds any.
    guard fchmod(file, mode) == 0 else { throw failure("set the mode of", path) }
    var written = 0
    while written < bytes.count {
        let count = bytes.withUnsafeBytes { write(file, $0.baseAddress.map { $0 + written }, $0.count - written) }
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { throw failure("write", path) }
        written += count
    }
    guard fsync(file) == 0 else { throw failure("write", path) }
}

/// Holds the folder of a file for whoever reads the file, changes it and puts it back; whoever else wants that waits.
/// - Returns: a descriptor; closing it lets go.
func lockFolder(of path: String) throws(SealError) -> Int32 {
    let folder = open(folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw failure("open the folder of", path) }
    while flock(folder, LOCK_EX) != 0 {
        guard errno == EINTR else {
            let reason = failure("lock the folder of", path)
            close(folder)
            throw reason
        }
    }
    return folder
}

private func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
}

private func failure(_ doing: String, _ path: String) -> SealError {
    .file(path: path, doing: doing, reason: String(cString: strerror(errno)))
}
