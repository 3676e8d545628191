import Contracts
import Glibc

/// Cuts what a child writes into lines. A line longer than 4 KiB is cut, so that no child can fill our memory.
struct LineReader {
    static let longest = 4096
    private var pending: [UInt8] = []

    /// - Returns: the whole lines read, and whether the other end is closed.
    mutating func read(_ descriptor: Int32) -> (lines: [String], isOver: Bool) {
        var lines: [String] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        // At most so much at once: the others want to be heard too.
        for _ in 0..<8 {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count != 0, count > 0 || errno == EAGAIN else { return (lines + take(), true) }
            guard count > 0 else { return (lines, false) }
            for byte in buffer[..<count] {
                if byte == UInt8(ascii: "\n") { lines += take() } else if pending.count < Self.longest { pending.append(byte) }
            }
        }
        return (lines, false)
    }

    private mutating func take() -> [String] {
        defer { pending = [] }
        return pending.isEmpty ? [] : [harmless(String(decoding: pending, as: UTF8.self))]
    }
}
