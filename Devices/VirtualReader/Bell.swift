import Glibc

/// Wakes a thread out of `poll`: readable from a ring until it is silenced, however often it was rung.
struct Bell: Sendable {
    /// The end to poll for reading.
    let ear: Int32
    private let rope: Int32

    /// nil when the process has no descriptor left; errno says so.
    init?() {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { return nil }
        (ear, rope) = (ends[0], ends[1])
    }

    func ring() {
        // A full socket is ringing already.
        let one: [UInt8] = [1]
        send(rope, one, 1, Int32(MSG_NOSIGNAL))
    }

    func silence() {
        var rings = [UInt8](repeating: 0, count: 256)
        while recv(ear, &rings, rings.count, 0) == rings.count {}
    }

    func close() {
        Glibc.close(ear)
        Glibc.close(rope)
    }
}
