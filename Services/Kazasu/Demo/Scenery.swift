import Contracts
import Glibc

/// What was done with cards, one JSON object a line: the truth the witness compares the bus with.
final class MadeFile {
    enum Expected: String, Encodable { case tap, refused, none }

    private struct Line: Encodable {
        let at: Instant
        let expect: Expected
        let reader: String
    }

    let path: String
    private let file: Int32
    private(set) var taps = 0

    init(path: String) throws(Failure) {
        self.path = path
        file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .refused("\(path) cannot be written: \(String(cString: strerror(errno))).") }
    }

    deinit { close(file) }

    func add(_ expected: Expected, at place: ReaderPlace, _ now: Instant) throws {
        let bytes = try Line(at: now, expect: expected, reader: place.description).json() + [UInt8(ascii: "\n")]
        guard write(file, bytes, bytes.count) == bytes.count else {
            throw Failure.refused("\(path) cannot be written: \(String(cString: strerror(errno))). Is the disk full?")
        }
        if expected == .tap { taps += 1 }
    }
}

/// A port of the loopback nobody listens on at the moment.
func unusedPort() throws(Failure) -> Int {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listener) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(listener, $0, length) == 0 ? getsockname(listener, $0, &length) : -1
        }
    }
    guard listener >= 0, code == 0 else { throw .refused("no free port: \(String(cString: strerror(errno))).") }
    return Int(in_port_t(bigEndian: address.sin_port))
}

/// A new folder of this user's alone.
func makeTemporaryFolder() throws(Failure) -> String {
    var template = Array("/tmp/kazasu-demo-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw .refused("no folder can be made in /tmp: \(String(cString: strerror(errno))).") }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// A random sequence that a seed repeats: SplitMix64 (Steele, Lea, Flood 2014).
struct Chance: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension Stage {
    /// A program dies as if its power were cut; the supervisor starts it again.
    func crash(_ name: String) {
        if let pid = supervisor.process(of: name) { kill(pid, SIGKILL) }
    }
}
