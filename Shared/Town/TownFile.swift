import Glibc

extension Town {
    /// Reads a town from its file. Files it names are found from the folder it lies in, and not opened.
    package static func load(path: String) throws(TownError) -> Town {
        try read(try bytes(path: path), path: path)
    }

    /// Reads a town from the contents of the file at `path`, and reports every mistake in it at once.
    package static func read(_ bytes: [UInt8], path: String) throws(TownError) -> Town {
        let findings = Findings()
        let draft = YAML.read(bytes, into: findings).flatMap { Draft(findings: findings, folder: folder(of: path)).town($0) }
        guard findings.faultCount == 0, let draft else {
            throw .faulty(path: path, faults: findings.faults.inOrder(), count: findings.faultCount)
        }
        return draft
    }

    private static func bytes(path: String) throws(TownError) -> [UInt8] {
        // Without O_NONBLOCK a pipe of that name would make us wait for ever.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw .unreadable(path: path, reason: reason(errno)) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable(path: path, reason: "it is not a file. Name a town.yaml: see Docs/town.md.")
        }
        // One byte more than is allowed shows that it is too long.
        var bytes = [UInt8](repeating: 0, count: min(max(Int(status.st_size), 0), YAML.mostBytes) + 1)
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress.map { $0 + filled }, $0.count - filled) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .unreadable(path: path, reason: reason(errno)) }
            if count == 0 { break }
            filled += count
        }
        return Array(bytes[..<filled])
    }

    private static func reason(_ code: Int32) -> String {
        switch code {
        case ENOENT, ENOTDIR: "there is no such file. Write one: see Docs/town.md."
        case EACCES, EPERM: "this user may not read it. Give it the right, or run as another user."
        default: "\(String(cString: strerror(code))). Check the disk and the path."
        }
    }

    /// With the closing slash; empty for a file in the current folder.
    private static func folder(of path: String) -> String {
        String(path[..<(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)])
    }
}
