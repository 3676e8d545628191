import Contracts
import Glibc
import Kazasu
import ServiceKit
import Town

/// A folder of its own for one test, gone afterwards.
final class Scratch {
    let path: String

    init() {
        var template = Array("/tmp/kazasu-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { preconditionFailure("no folder in /tmp") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { _ = run(["/bin/rm", "-rf", path]) }
}

/// A port nobody listens on at the moment.
func freePort() -> Int {
    let (listener, port) = bindSomewhere()
    close(listener)
    return port
}

/// A socket on a free port of the loopback, which does not listen yet.
func bindSomewhere() -> (socket: Int32, port: Int) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            _ = bind(listener, $0, length)
            _ = getsockname(listener, $0, &length)
        }
    }
    return (listener, Int(in_port_t(bigEndian: address.sin_port)))
}

/// Runs a program to its end with nothing of ours.
func run(_ words: [String]) -> Int32 {
    var argv = words.map { strdup($0) } + [nil]
    defer { for word in argv { free(word) } }
    var pid: pid_t = 0
    guard posix_spawn(&pid, words[0], nil, nil, &argv, environ) == 0 else { return -1 }
    var status: Int32 = 0
    waitpid(pid, &status, 0)
    return status >> 8 & 0xff
}

/// Waits for a condition, at most ten seconds.
func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
    let deadline = monotonicMilliseconds() + 10_000
    while monotonicMilliseconds() < deadline {
        if try condition() { return true }
        usleep(2000)
    }
    return try condition()
}

func write(_ text: String, to path: String) {
    let file = fopen(path, "w")
    fputs(text, file)
    fclose(file)
}

func read(_ path: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self)
}

/// A small town with the doors asked for.
func townText(doors: [String] = ["gym"], port: Int = 8883) -> String {
    """
    town: nagai
    title: 長井市
    broker: { host: localhost, port: \(port) }
    agents:
      gate-1:
        readers:
          reader-1: { device: "Virtual", place: civic-gym, purpose: "door:\(doors[0])" }
    doors:
    \(doors.map { "  \($0): { title: 市民体育館 }" }.joined(separator: "\n"))
    desks: [office]
    operators: [it-1]
    """
}

func town(doors: [String] = ["gym"], port: Int = 8883) throws -> Town {
    try Town.read(Array(townText(doors: doors, port: port).utf8), path: "town.yaml")
}
