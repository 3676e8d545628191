import Contracts
import Glibc
import Post
import Seal

@testable import Mail

/// A folder of its own for one test, gone with it.
final class Scratch {
    let path: String

    init() throws {
        path = "/tmp/kazasu-mail-\(getpid())-\(Hex.text(try randomBytes(6)))"
        guard mkdir(path, 0o700) == 0 else { throw Failure("mkdir \(path): errno \(errno)") }
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func text(_ name: String) -> String {
        guard let file = fopen(file(name), "r") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }

    deinit {
        guard let folder = opendir(path) else { return }
        while let entry = readdir(folder) {
            unlink(file(withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }))
        }
        closedir(folder)
        rmdir(path)
    }
}

struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// One of the programs in `Servers`, as a test's own, with certificates of a test's own authority.
final class Server {
    let scratch: Scratch
    let port: Int
    private let id: pid_t
    private let logName: String

    /// - Parameters:
    ///   - tls: the option with which it takes a certificate, `--tls` or `--starttls`.
    ///   - port: 0 lets it choose.
    init(_ program: String, _ options: [String], tls: String? = nil, in scratch: Scratch, port: Int = 0) throws {
        self.scratch = scratch
        let name = Hex.text(try randomBytes(4))
        logName = "\(name).log"
        var words = ["--port", "\(port)", "--log", scratch.file(logName)] + options
        if let tls {
            try Self.certificate(in: scratch)
            words += [tls, scratch.file("server.pem"), scratch.file("server.key")]
        }
        id = try spawn(["/usr/bin/python3", script(program)] + words, output: scratch.file(name))
        var text = ""
        let end = monotonic() + 30_000
        while !text.hasSuffix("\n"), monotonic() < end, kill(id, 0) == 0 {
            usleep(10_000)
            text = scratch.text(name)
        }
        guard let port = Int(text.split(separator: "\n").first ?? "") else { throw Failure("\(program) does not start: \(text)") }
        self.port = port
    }

    /// A certificate for this machine, by an authority made for it, in `ca.pem`.
    private static func certificate(in scratch: Scratch) throws {
        guard access(scratch.file("server.pem"), R_OK) != 0 else { return }
        let start = Instant(milliseconds: Int64(time(nil) - 86_400) * 1000)
        let authority = try Authority.create(commonName: "Mail tests", from: start, validDays: 30)
        try authority.save(certificate: scratch.file("ca.pem"), key: scratch.file("ca.key"))
        try authority.issue(.server(names: ["localhost"], addresses: ["127.0.0.1"]), commonName: "localhost", from: start, validDays: 10)
            .save(certificate: scratch.file("server.pem"), key: scratch.file("server.key"))
    }

    /// What it has written down so far.
    func log<Line: Decodable>(_ type: Line.Type) throws -> [Line] {
        try scratch.text(logName).split(separator: "\n").map { try Array($0.utf8).decoded(as: Line.self) }
    }

    deinit {
        kill(id, SIGKILL)
        var status: Int32 = 0
        waitpid(id, &status, 0)
    }
}

/// What the mail server wrote down.
struct SMTPLog: Decodable {
    let event: String
    let peer: Int?
    let tls: Bool?
    let user: String?
    let from: String?
    let to: [String]?
    let subject: String?
    let text: String?
    let headers: [String: String]?
    let name: String?
    let defects: [String]?
    let raw: String?
}

/// What the server for calls wrote down.
struct HTTPLog: Decodable {
    let connection: Int
    let method: String
    let path: String
    let headers: [String: String]
    let body: String
}

func script(_ name: String) -> String {
    "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/") + "/Servers/\(name)"
}

/// Signals are unblocked, because a child inherits the mask of a test's thread.
func spawn(_ words: [String], output: String) throws -> pid_t {
    var files = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    var none = sigset_t()
    posix_spawn_file_actions_init(&files)
    posix_spawnattr_init(&attributes)
    defer {
        posix_spawn_file_actions_destroy(&files)
        posix_spawnattr_destroy(&attributes)
    }
    sigemptyset(&none)
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&files, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_adddup2(&files, 1, 2)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
    pointers.append(nil)
    defer { pointers.forEach { free($0) } }
    var id: pid_t = 0
    let failed = posix_spawn(&id, words[0], &files, &attributes, pointers, environ)
    guard failed == 0 else { throw Failure("cannot start \(words[0]): \(String(cString: strerror(failed)))") }
    return id
}

/// Runs a program to its end; what it printed.
func run(_ words: [String], in scratch: Scratch) throws -> String {
    let id = try spawn(words, output: scratch.file("printed"))
    var status: Int32 = 0
    waitpid(id, &status, 0)
    let text = scratch.text("printed")
    guard status == 0 else { throw Failure("\(words): \(text)") }
    return text
}

extension PostOffice {
    /// Hands the parcels over as fast as there is room, waits as the loop of a service does, and gives the receipts in the order of the parcels.
    func carry(_ parcels: [Parcel], within seconds: Int64 = 60, room: KeyPath<PostOffice, Int> = \.room) throws -> [Receipt] {
        let end = monotonic() + seconds * 1000
        var left = parcels[...]
        var receipts: [String: Receipt] = [:]
        while receipts.count < parcels.count {
            while self[keyPath: room] > 0, let parcel = left.popFirst() { hand(parcel) }
            var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            poll(&polled, 1, 1000)
            for receipt in drain() {
                guard receipts.updateValue(receipt, forKey: receipt.key) == nil else { throw Failure("two receipts for \(receipt.key)") }
            }
            guard monotonic() < end else { throw Failure("\(receipts.count) of \(parcels.count) receipts after \(seconds) s") }
        }
        return parcels.compactMap { receipts[$0.key] }
    }
}

func makeLetter(
    to: String = "hanako@example.jp", subject: String = "登校のお知らせ", body: String = "花子さんは 8:03 に校門を通りました。\n",
    name: String = "長井市 見守り", unsubscribe: String? = nil
) throws -> MailLetter {
    MailLetter(
        from: Mailbox(name: name, try MailAddress("mimamori@town.example")), to: try MailAddress(to), subject: subject, body: body,
        date: Instant(milliseconds: 1_795_215_780_123), returnPath: ReturnPath(try MailAddress("bounce@town.example")),
        unsubscribe: unsubscribe)
}
