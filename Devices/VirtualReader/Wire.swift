import Glibc

/// The card program's end of the wire that Devices/IFDHandler/include/ifd_kazasu.h describes.
enum Wire {
    /// What the reader asks.
    enum Question {
        case off
        case power
        case apdu([UInt8])
        case escape([UInt8])
    }

    /// The next question, or nil when the reader hung up, the card was lifted, or the bytes make no sense.
    static func question(from fd: Int32) -> Question? {
        guard let header = receive(3, from: fd), let body = receive(Int(header[1]) << 8 | Int(header[2]), from: fd) else { return nil }
        switch header[0] {
        case 0: return .off
        case 1: return .power
        case 2: return .apdu(body)
        case 3: return .escape(body)
        default: return nil
        }
    }

    static func answer(_ body: [UInt8], on fd: Int32) -> Bool {
        let frame = [UInt8(body.count >> 8), UInt8(body.count & 0xFF)] + body
        var sent = 0
        while sent < frame.count {
            let count = frame[sent...].withUnsafeBytes { send(fd, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// Blocks until all bytes are there; `shutdown` from another thread ends the wait.
    private static func receive(_ count: Int, from fd: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var received = 0
        while received < count {
            let got = bytes.withUnsafeMutableBytes { recv(fd, $0.baseAddress.map { $0 + received }, count - received, 0) }
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { return nil }
            received += got
        }
        return bytes
    }

    /// A connection to the slot's socket: from now on a card lies there.
    static func connect(to path: String) throws(VirtualReaderError) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        try fill(&address, with: path)
        let fd = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard fd >= 0 else { throw VirtualReaderError(cannot: "open a socket for the virtual card") }
        // A driver that no longer accepts must not block the caller for ever.
        var patience = timeval(tv_sec: 2, tv_usec: 0)
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(fd, $0, size) }
        }
        guard result == 0 else {
            let error = VirtualReaderError(cannot: "lay a card on the virtual reader \(path); is its pcscd running")
            close(fd)
            throw error
        }
        return fd
    }
}

/// Puts a path into a Unix socket address; 107 bytes is the most the kernel takes.
func fill(_ address: inout sockaddr_un, with path: String) throws(VirtualReaderError) {
    let bytes = Array(path.utf8)
    let fits = withUnsafeMutableBytes(of: &address.sun_path) {
        guard bytes.count < $0.count else { return false }
        $0.copyBytes(from: bytes)
        return true
    }
    guard fits else { throw VirtualReaderError("the socket path \(path) is too long; use a directory with a name below 90 characters.") }
}
