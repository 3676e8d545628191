import Contracts
import Glibc
import Post
import RealParts
import Seal

@testable import Mail

/// One of the programs in `Servers`, as a test's own, with certificates of a test's own authority.
final class Server {
    let scratch: Scratch
    let port: Int
    private let process: Process
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
        process = try Process("/usr/bin/python3", [script(program)] + words, output: scratch.file(name))
        var text = ""
        let end = monotonic() + 30_000
        while !text.hasSuffix("\n"), monotonic() < end, process.isRunning {
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

/// Runs a program to its end; what it printed.
func run(_ program: String, _ words: [String], in scratch: Scratch) throws -> String {
    let status = try Process(program, words, output: scratch.file("printed")).wait()
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
