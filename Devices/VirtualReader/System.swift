import Glibc

/// The whole of a small file.
func readFile(_ path: String) throws(VirtualReaderError) -> [UInt8] {
    let fd = open(path, O_RDONLY | O_CLOEXEC)
    guard fd >= 0 else { throw VirtualReaderError(cannot: "open \(path)") }
    defer { close(fd) }
    var whole: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 65536)
    while true {
        let count = read(fd, &part, part.count)
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw VirtualReaderError(cannot: "read \(path)") }
        if count == 0 { return whole }
        whole += part[..<count]
    }
}

/// Two connected sockets that do not leak into other programs: a pipe that is closed on exec from the first moment.
func makePipe() throws(VirtualReaderError) -> (read: Int32, write: Int32) {
    var ends: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
        throw VirtualReaderError(cannot: "make a pipe")
    }
    return (ends[0], ends[1])
}

/// Starts a program with exactly these descriptors beside an empty standard input. Its signals are all unblocked: threads of
/// Swift's runtime block some, a child inherits that, and would then ignore SIGTERM.
func spawn(_ arguments: [String], descriptors: [(from: Int32, to: Int32)]) throws(VirtualReaderError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    // Out of the way first, so that no target is overwritten before it was itself copied.
    let moved = descriptors.map { fcntl($0.from, F_DUPFD_CLOEXEC, 20) }
    defer { for fd in moved where fd >= 0 { close(fd) } }
    guard !moved.contains(-1) else { throw VirtualReaderError(cannot: "copy a descriptor for \(arguments[0])") }
    for (fd, descriptor) in zip(moved, descriptors) { posix_spawn_file_actions_adddup2(&actions, fd, descriptor.to) }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

    var pid = pid_t()
    let strings: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for string in strings { free(string) } }
    let result = posix_spawn(&pid, arguments[0], &actions, &attributes, strings, environ)
    guard result == 0 else { throw VirtualReaderError("cannot start \(arguments[0]): \(String(cString: strerror(result))).") }
    return pid
}
