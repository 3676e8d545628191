import Contracts
import Glibc
import Mail
import Post
import ServiceKit

/// How fast letters leave, by way of the mail server of the tests: Python's, which a town's own would outrun. Beside it a plain loop of Python's smtplib.
enum MailMeasure {
    private static let letters = 20_000

    static func run(folder: String, report: inout Report) throws {
        let server = try Child(["/usr/bin/python3", program, "--quiet", "--log", "/dev/null"], output: "\(folder)/smtp.port")
        defer { server.stop() }
        let port = try port(in: "\(folder)/smtp.port")
        let before = resident()
        let loop = try plainLoop(port: port, count: letters / 10, folder: folder)
        var growth = 0.0
        for connections in [1, 4, 16] {
            let seconds = try carry(port: port, connections: connections)
            report.add(
                "\(letters) letters over \(connections) connection\(connections > 1 ? "s" : "")", seconds, "s",
                floor: Double(letters) / loop,
                floorName: "s, a loop of smtplib", asked: "≤ 300")
            growth = max(growth, resident() - before)
        }
        let latency = try latency(port: port, count: 600, perSecond: 50)
        report.add("letter handed over → taken by the server, 50/s, p50", latency.p50, "ms", asked: "≤ 300 from the tap")
        report.add("the same, p99", latency.p99, "ms", asked: "≤ 1,500 from the tap")
        report.add("post office: growth with 2,000 letters in hand", growth, "MB")
    }

    /// Seconds for all of them, as much in hand as there is room for.
    private static func carry(port: Int, connections: Int) throws -> Double {
        let office = try office(port: port, connections: connections)
        let start = nanoseconds()
        var handed = 0
        var accepted = 0
        while accepted < letters {
            while handed < letters, office.room > 0 {
                office.hand(try parcel(handed))
                handed += 1
            }
            accepted += try taken(office).count
        }
        return Double(nanoseconds() - start) / 1e9
    }

    private static func latency(port: Int, count: Int, perSecond: Int) throws -> Percentiles {
        let office = try office(port: port, connections: 4)
        var times: [Double] = []
        for number in 0..<count {
            let start = nanoseconds()
            office.hand(try parcel(number))
            while try taken(office).isEmpty {}
            times.append(Double(nanoseconds() - start) / 1e6)
            let next = start + 1_000_000_000 / UInt64(perSecond)
            let now = nanoseconds()
            if now < next { usleep(UInt32((next - now) / 1000)) }
        }
        return Percentiles(times)
    }

    private static func taken(_ office: PostOffice) throws -> [Receipt] {
        var polled = pollfd(fd: office.descriptor, events: Int16(POLLIN), revents: 0)
        poll(&polled, 1, 1000)
        let receipts = office.drain()
        for receipt in receipts where receipt.outcome != .accepted { throw Fatal("a letter was not taken: \(receipt)") }
        return receipts
    }

    private static func office(port: Int, connections: Int) throws -> PostOffice {
        var relay = try MailRelay(host: "127.0.0.1", port: port, encryption: .none)
        relay.connections = connections
        return try PostOffice(PostSettings(mail: relay))
    }

    private static func parcel(_ number: Int) throws -> Parcel {
        let letter = MailLetter(
            from: Mailbox(name: "長井市 見守り", try MailAddress("mimamori@town.example")), to: try MailAddress("p\(number)@example.jp"),
            subject: "登校のお知らせ", body: "花子さんは 8:03 に校門を通りました。\n", date: Instant(milliseconds: 1_795_215_780_123),
            returnPath: ReturnPath(try MailAddress("bounce@town.example")))
        return Parcel(key: "K\(number)", .mail(letter))
    }

    /// Letters a second of one connection, one after the other, as a script would do it.
    private static func plainLoop(port: Int, count: Int, folder: String) throws -> Double {
        let script = """
            import smtplib, sys
            from email.message import EmailMessage
            with smtplib.SMTP("127.0.0.1", int(sys.argv[1])) as server:
                for number in range(int(sys.argv[2])):
                    letter = EmailMessage()
                    letter["From"], letter["To"], letter["Subject"] = "mimamori@town.example", f"p{number}@example.jp", "登校のお知らせ"
                    letter.set_content("花子さんは 8:03 に校門を通りました。")
                    server.send_message(letter)
            """
        let start = nanoseconds()
        let child = try Child(["/usr/bin/python3", "-c", script, "\(port)", "\(count)"], output: "\(folder)/smtplib")
        var code: Int32?
        while code == nil {
            usleep(5000)
            code = child.ended()
        }
        guard code == 0 else { throw Fatal("the loop of smtplib ended with \(code ?? 0)") }
        return Double(count) * 1e9 / Double(nanoseconds() - start)
    }

    static func port(in path: String) throws -> Int {
        for _ in 0..<2000 {
            usleep(5000)
            guard let file = fopen(path, "r") else { continue }
            defer { fclose(file) }
            var line = [CChar](repeating: 0, count: 16)
            guard fgets(&line, 16, file) != nil else { continue }
            let digits = line.prefix { $0 >= 48 && $0 <= 57 }.map { UInt8(bitPattern: $0) }
            if let port = Int(String(decoding: digits, as: UTF8.self)), line.contains(10) { return port }
        }
        throw Fatal("the mail server of the tests does not start. Is aiosmtpd installed? make setup")
    }

    /// Megabytes of this process in memory.
    private static func resident() -> Double {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, 128, file) != nil else { return 0 }
        let words = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(separator: " ")
        return words.count > 1 ? (Double(words[1]) ?? 0) * Double(sysconf(Int32(_SC_PAGESIZE))) / 1_048_576 : 0
    }

    static let program =
        "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/") + "/MailTests/Servers/smtp_server.py"
}
