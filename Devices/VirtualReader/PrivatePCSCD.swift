import Glibc
import Synchronization

/// A pcscd of our own with virtual readers, on its own socket beside any other pcscd.
///
/// pcscd has no option for its socket, but given one the way systemd does (LISTEN_FDS, sd_listen_fds(3)) it serves that and
/// leaves the built-in one alone. Clients find it through PCSCLITE_CSOCK_NAME, which libpcsclite reads once a process.
package final class PrivatePCSCD: Sendable {
    /// The directory of its socket, configuration and slots.
    package let directory: String
    /// What PCSCLITE_CSOCK_NAME must say.
    package let socketPath: String
    /// One slot a reader, in the order the readers were named.
    package let slots: [VirtualSlot]
    private let names: [String]
    private let program: String
    private let process = Mutex<Daemon?>(nil)

    /// `readers` are names as PC/SC shows them, without the two numbers pcscd appends.
    package init(directory: String, readers: [String], driver: String? = nil) throws(VirtualReaderError) {
        guard (1...16).contains(readers.count) else {
            throw VirtualReaderError("pcscd serves 1 to 16 readers, but \(readers.count) were named.")
        }
        self.directory = directory
        socketPath = directory + "/pcscd.comm"
        names = readers
        program = try Self.findProgram()
        let library = if let driver { driver } else { try Self.findDriver() }
        try Self.provideRunDirectory()
        mkdir(directory, 0o755)
        mkdir(directory + "/reader.conf.d", 0o755)
        var slots: [VirtualSlot] = []
        for (number, name) in readers.enumerated() {
            let path = "\(directory)/slot\(number)"
            try Self.write(
                "FRIENDLYNAME \"\(try Self.checked(name))\"\nDEVICENAME /dev/null:\(path)\nLIBPATH \(library)\nCHANNELID 0\n",
                to: Self.configurationPath(of: number, in: directory))
            slots.append(try VirtualSlot(path: path))
        }
        self.slots = slots
    }

    deinit {
        kill()
        for slot in slots { slot.close() }
    }

    /// Starts pcscd and waits until it serves all readers, 10 seconds at most. On the same socket as before, if it ran before; clients find it only
    /// when it knows of the `cards`, by slot, that lie there already.
    package func start(with cards: [Int: VirtualCard] = [:]) throws(VirtualReaderError) {
        guard process.withLock({ $0 == nil }) else { throw VirtualReaderError("this pcscd runs already; stop it first.") }
        let hidden = socketPath + ".new"
        let listener = try Self.listen(at: hidden)
        defer { close(listener) }
        let daemon = try Daemon(program: program, configuration: directory + "/reader.conf.d", listener: listener)
        process.withLock { $0 = daemon }
        for slot in slots { slot.recover() }
        guard daemon.wait(for: { $0.contains { $0.contains("daemon ready") } }, seconds: 10) else {
            let last = daemon.lines.suffix(3).joined(separator: " / ")
            kill()
            throw VirtualReaderError("pcscd did not become ready. Its last words: \(last.isEmpty ? "none" : last)")
        }
        var tries = 10
        for (number, (slot, card)) in cards.enumerated() {
            // pcscd tells of no card that it found at its very first look; laid down once more it is told of.
            repeat {
                guard tries > 0 else {
                    kill()
                    throw VirtualReaderError("pcscd does not see the card on \(slots[slot].path).")
                }
                tries -= 1
                try slots[slot].insert(card)
            } while !daemon.wait(for: { $0.count { $0.contains("Card inserted into") } > number }, seconds: 1)
        }
        guard rename(hidden, socketPath) == 0 else { throw VirtualReaderError(cannot: "rename \(hidden)") }
    }

    /// The names PC/SC gives the readers, in the order of `slots`; pcscd numbers them in an order of its own.
    package var readerNames: [String?] {
        let lines = process.withLock { $0?.lines } ?? []
        return names.indices.map { number in
            let name = names[number]
            // Of readers with the same name, the one whose configuration comes first was started first.
            let earlier = names[..<number].count { $0 == name }
            let started = lines.compactMap { Self.readerName(in: $0) }.filter {
                $0.hasPrefix(name + " ") && $0.utf8.count == name.utf8.count + 6
            }
            return earlier < started.count ? started[earlier] : nil
        }
    }

    /// Asks pcscd to end and waits for it.
    package func stop() { end(with: SIGTERM) }

    /// Ends pcscd without a warning: what a crash looks like to its clients.
    package func kill() { end(with: SIGKILL) }

    /// Ends pcscd and the slots and removes everything that was made in the directory, and the directory if it is empty then.
    package func remove() {
        kill()
        for (number, slot) in slots.enumerated() {
            slot.close()
            for suffix in ["", ".off", ".deaf", ".escapes"] { unlink(slot.path + suffix) }
            unlink(Self.configurationPath(of: number, in: directory))
        }
        unlink(socketPath)
        rmdir(directory + "/reader.conf.d")
        rmdir(directory)
    }

    private func end(with signal: Int32) {
        let daemon = process.withLock { daemon in
            defer { daemon = nil }
            return daemon
        }
        daemon?.end(with: signal)
        for slot in slots { slot.remove() }
    }

    private static func listen(at path: String) throws(VirtualReaderError) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        try fill(&address, with: path)
        unlink(path)
        let fd = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(fd, $0, size) }
        }
        guard fd >= 0, bound == 0, Glibc.listen(fd, 16) == 0 else {
            let error = VirtualReaderError(cannot: "listen at \(path)")
            if fd >= 0 { close(fd) }
            throw error
        }
        return fd
    }

    /// pcscd reads the files in the order of their names.
    private static func configurationPath(of number: Int, in directory: String) -> String {
        "\(directory)/reader.conf.d/reader\(number < 10 ? "0" : "")\(number)"
    }

    /// `RFAddReader() ... startup of NAME 00 00 using ...`: the only place where pcscd tells the name it chose.
    private static func readerName(in line: String) -> String? {
        guard let from = line.firstRange(of: "startup of "), let to = line[from.upperBound...].firstRange(of: " using ") else { return nil }
        return String(line[from.upperBound..<to.lowerBound])
    }

    /// Quotes or line ends in a name would write another configuration than meant.
    private static func checked(_ name: String) throws(VirtualReaderError) -> String {
        guard !name.isEmpty, name.utf8.count <= 100, name.utf8.allSatisfy({ (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "\"") }) else {
            throw VirtualReaderError("\"\(name)\" is no reader name: use 1 to 100 printable ASCII characters without quotes.")
        }
        return name
    }

    private static func findProgram() throws(VirtualReaderError) -> String {
        for path in ["/usr/sbin/pcscd", "/usr/local/sbin/pcscd"] where access(path, X_OK) == 0 { return path }
        throw VirtualReaderError("pcscd is not installed in /usr/sbin or /usr/local/sbin. On Debian: apt-get install pcscd")
    }

    /// The driver lies beside the running program, in a build and in an installation.
    private static func findDriver() throws(VirtualReaderError) -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        let program = String(decoding: buffer[..<max(0, length)].map(UInt8.init(bitPattern:)), as: UTF8.self)
        let folder = program.lastIndex(of: "/").map { program[..<$0] } ?? "."
        let path = "\(folder)/libifdkazasu.so"
        guard access(path, R_OK) == 0 else {
            throw VirtualReaderError("the reader driver \(path) is missing. Build it: swift build --product ifdkazasu")
        }
        return path
    }

    /// pcscd refuses to start without its built-in directory, even when it is handed a socket.
    private static func provideRunDirectory() throws(VirtualReaderError) {
        let path = "/run/pcscd"
        if access(path, F_OK) == 0 || mkdir(path, 0o755) == 0 || errno == EEXIST { return }
        throw VirtualReaderError("pcscd needs the directory \(path) and only root may make it. Once, as root: mkdir \(path)")
    }

    private static func write(_ text: String, to path: String) throws(VirtualReaderError) {
        let fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard fd >= 0 else { throw VirtualReaderError(cannot: "create \(path)") }
        defer { close(fd) }
        let bytes = Array(text.utf8)
        guard Glibc.write(fd, bytes, bytes.count) == bytes.count else { throw VirtualReaderError(cannot: "write \(path)") }
    }
}
