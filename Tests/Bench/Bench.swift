import Bus
import Contracts
import Glibc
import Mosquitto
import ServiceKit

@main
struct Bench {
    static func main() throws {
        let arguments = CommandLine.arguments
        if arguments.count >= 4, arguments[1] == "serve" {
            return try BenchTown.serve(port: Int(arguments[2])!, database: arguments[3], tls: nil)
        }
        let folder = "/tmp/kazasu-bench-\(getpid())"
        mkdir(folder, 0o700)
        let broker = try Broker(folder: folder)
        defer { broker.stop() }
        let floor = try throughputFloor(broker, count: 100_000)
        say("broker floor: \(Int(floor)) msg/s")
        let echo = try echoLatency(broker, count: 1000)
        say("broker round trip p50 \(echo.p50) p99 \(echo.p99) ms")
        let controller = try Child([arguments[0], "serve", "\(broker.port)", "\(folder)/lc.sqlite"])
        defer { controller.stop() }
        let measure = try Measure(broker, tls: nil)
        let latency = try measure.latency(count: arguments.contains("rate") ? 1 : 1000, perSecond: 200)
        say("tap -> grant p50 \(latency.p50) p99 \(latency.p99) ms")
        for share in arguments.contains("rate") ? [10, 10, 10, 10] : [10, 1] {
            let rate = try measure.throughput(count: 40_000, opensEvery: share)
            say("decided taps, one in \(share) opens: \(Int(rate))/s")
        }
        say("rss kB", controller.residentKilobytes)
    }

    static func throughputFloor(_ broker: Broker, count: Int) throws -> Double {
        let publisher = Client("floor-pub", port: broker.port, tls: nil)
        let subscriber = Client("floor-sub", port: broker.port, tls: nil)
        var received = 0
        subscriber.onMessage = { _ in received += 1 }
        try subscriber.connect([Subscription(filter: "floor/x", qos: 1)])
        try publisher.connect()
        let payload = [UInt8](repeating: 120, count: 480)
        let start = nanoseconds()
        var sent = 0
        while received < count {
            while sent < count, publisher.waiting < 256 { publisher.publish("floor/x", payload); sent += 1 }
            publisher.transport.flush()
            wait([publisher, subscriber], 100)
            publisher.turn()
            subscriber.turn()
        }
        return Double(count) * 1e9 / Double(nanoseconds() - start)
    }

    static func echoLatency(_ broker: Broker, count: Int) throws -> Percentiles {
        let client = Client("echo", port: broker.port, tls: nil)
        try client.connect([Subscription(filter: "echo/x", qos: 1)])
        var arrived = false
        client.onMessage = { _ in arrived = true }
        let payload = [UInt8](repeating: 120, count: 480)
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
            usleep(1000)
        }
        return Percentiles(times)
    }
}

struct Percentiles {
    let p50: Double
    let p99: Double
    let p999: Double

    init(_ values: [Double]) {
        let sorted = values.sorted()
        func at(_ share: Double) -> Double {
            sorted.isEmpty ? 0 : (sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))] * 1000).rounded() / 1000
        }
        p50 = at(0.5)
        p99 = at(0.99)
        p999 = at(0.999)
    }
}
