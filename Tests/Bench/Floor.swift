import Glibc
import Mosquitto
import ServiceKit

/// What broker and machine give without any of our programs.
enum Floor {
    static let payload = [UInt8](repeating: 120, count: 430)

    /// Messages a second through the broker, QoS 1, one publisher, one subscriber.
    static func throughput(_ broker: Broker, count: Int) throws -> Double {
        let publisher = try broker.client("floor-publisher").connect()
        let subscriber = try broker.client("floor-subscriber").connect(["floor/x"])
        defer {
            publisher.close()
            subscriber.close()
        }
        var received = 0
        subscriber.onMessage = { _ in received += 1 }
        let start = nanoseconds()
        var sent = 0
        while received < count {
            while sent < count, publisher.waiting < 256 {
                publisher.publish("floor/x", payload)
                sent += 1
            }
            publisher.transport.flush()
            wait([publisher, subscriber], 100)
            publisher.turn()
            subscriber.turn()
        }
        return Double(count) * 1e9 / Double(nanoseconds() - start)
    }

    /// Milliseconds from publish to receive, at the pace of the latency measurement.
    static func roundTrip(_ broker: Broker, count: Int, perSecond: Int) throws -> Percentiles {
        let client = try broker.client("floor-echo").connect(["echo/x"])
        defer { client.close() }
        var arrived = false
        client.onMessage = { _ in arrived = true }
        var times: [Double] = []
        for _ in 0..<count {
            arrived = false
            let start = nanoseconds()
            client.publish("echo/x", payload)
            client.transport.flush()
            while !arrived {
                wait([client], 100)
                client.turn()
            }
            times.append(Double(nanoseconds() - start) / 1e6)
            while nanoseconds() < start + 1_000_000_000 / UInt64(perSecond) {
                wait([client], 1)
                client.turn()
            }
        }
        return Percentiles(times)
    }

    /// Milliseconds this disk takes to say that 4 KiB are written, the middle of 200.
    static func sync(in folder: String) throws -> Double {
        let file = open("\(folder)/sync", O_WRONLY | O_CREAT, 0o600)
        guard file >= 0 else { throw Fatal("no file in \(folder)") }
        defer { close(file) }
        let page = [UInt8](repeating: 1, count: 4096)
        return Percentiles(
            (0..<200).map { _ in
                write(file, page, page.count)
                let start = nanoseconds()
                fdatasync(file)
                return Double(nanoseconds() - start) / 1e6
            }
        ).p50
    }

    /// Milliseconds of a durable commit as large as that of a tap that opens a door: seventeen pages with their headers, one behind the other into a file that
    /// has its size, as SQLite's log has after its first round (SQLite, Database File Format, 4.1); the middle of 200 at the pace of the latency measurement.
    static func commit(in folder: String) throws -> Double {
        let file = open("\(folder)/commit", O_RDWR | O_CREAT, 0o600)
        guard file >= 0 else { throw Fatal("no file in \(folder)") }
        defer { close(file) }
        let (frame, frames, rounds) = (24 + 4096, 17, 200)
        let room = [UInt8](repeating: 0, count: frame * frames)
        for _ in 0..<rounds { write(file, room, room.count) }
        fsync(file)
        let page = [UInt8](repeating: 1, count: 4096)
        return Percentiles(
            (0..<rounds).map { round in
                let start = nanoseconds()
                for place in 0..<frames {
                    let offset = off_t((round * frames + place) * frame)
                    pwrite(file, page, 24, offset)
                    pwrite(file, page, page.count, offset + 24)
                }
                fdatasync(file)
                let end = nanoseconds()
                usleep(4000)
                return Double(end - start) / 1e6
            }
        ).p50
    }

    /// Ed25519 signatures a second of this machine now, by `openssl speed`.
    static func signatures() throws -> Double {
        guard let pipe = popen("openssl speed -seconds 2 ed25519 2>/dev/null", "r") else { throw Fatal("openssl cannot be run") }
        defer { pclose(pipe) }
        var line = [CChar](repeating: 0, count: 512)
        while fgets(&line, 512, pipe) != nil {
            let words = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(
                whereSeparator: \.isWhitespace)
            if words.contains("EdDSA"), words.count >= 2, let rate = Double(words[words.count - 2]) { return rate }
        }
        throw Fatal("openssl speed printed no rate for ed25519")
    }
}
