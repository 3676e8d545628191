import Bus
import Contracts
import Glibc
import HTTP
import Launch
import ServiceKit
import Town
import Web

/// Hears a town and tells its figures to whoever asks over HTTP. One thread, one poll loop.
final class Exporter {
    private let station: Station
    private let wire: any Wire
    private let console: Console
    private var lives: [String: Message] = [:]
    private var heads: [Address: Heads] = [:]
    private var clocks: [Address: ClockMeasure] = [:]
    private var broker: [String: Double] = [:]
    private var own: (machine: OwnMachine, until: Int64)?

    /// Milliseconds for which what is known of this machine is not looked at again: certificates are many files.
    private static let keepsOwn: Int64 = 60_000
    private static let brokerPrefix = "$SYS/broker/"

    init(_ station: Station, _ login: Login, _ console: Console) {
        (self.station, self.console) = (station, console)
        wire = console.connect(login)
    }

    deinit { wire.close() }

    func run(at address: ListenAddress, until signals: borrowing Signals) throws {
        var limits = WebLimits()
        limits.body = 0
        let server: WebServer
        do { server = try WebServer(address, limits: limits) } catch { throw Failure.refused(error.description) }
        console.note("metrics at http://\(address)/metrics, and health at /health")
        while !signals.haveCome() {
            var polled =
                [signals.interest, pollfd(fd: server.descriptor, events: Int16(POLLIN), revents: 0)] + (wire.interest.map { [$0] } ?? [])
            poll(&polled, nfds_t(polled.count), Int32(max(0, min(wire.patience, server.patience ?? 1000, 1000))))
            try hear()
            for (ticket, request) in server.run() { server.answer(ticket, answer(request)) }
        }
    }

    private func answer(_ request: Request) -> Response {
        guard ["GET", "HEAD"].contains(request.method) else {
            return Response(status: 405, headers: ["Allow": "GET, HEAD"], "Only GET is answered here.")
        }
        switch request.path {
        case "/metrics":
            let format = Exposition.Format(accept: request.accept)
            return Response(type: format.type, body: Array(figures().text(format).utf8))
        case "/health":
            guard let vitals = figures().vitals else { return Response(status: 503, "The broker cannot be reached.") }
            let bad = vitals.filter(\.isBad).map { "\($0.role.rawValue) \($0.instance): \($0.condition)" }
            return bad.isEmpty ? Response(status: 200, "All is well.") : Response(status: 503, bad.joined(separator: "\n"))
        default: return Response(status: 404, "There are /metrics and /health.")
        }
    }

    private func figures() -> TownFigures {
        let (town, now) = (station.town, console.now())
        let vitals = wire.isConnected ? town.vitals(Array(lives.values), at: station.place, now: now) : nil
        return TownFigures(
            now: now, offset: town.offset, vitals: vitals, heads: heads, ahead: clocks.compactMapValues(\.ahead), broker: broker,
            own: machine(now))
    }

    private func machine(_ now: Instant) -> OwnMachine {
        if let own, own.until > monotonicMilliseconds() { return own.machine }
        let machine = OwnMachine(of: station, now: now)
        own = (machine, monotonicMilliseconds() + Self.keepsOwn)
        return machine
    }

    // MARK: Hearing

    private func hear() throws(Failure) {
        while true {
            let events = wire.receive(limit: 1000)
            for event in events {
                switch event {
                case .connected: begin()
                case .message(let message): take(message)
                case .fatal(let sentence): throw .refused(sentence)
                case .disconnected, .acknowledged: break
                }
            }
            wire.flush()
            if events.isEmpty { return }
        }
    }

    /// The broker tells anew all that it keeps; what it has forgotten is not to be told on.
    private func begin() {
        (lives, heads, clocks, broker) = ([:], [:], [:], [:])
        let town = station.town
        let journals = Contract.producers.map { "\(town.name)/\($0.program)/\(TopicClass.journal.rawValue)/+/heads" }
        wire.subscribe((town.lifeFilters + journals + ["\(Self.brokerPrefix)#"]).map { Subscription(filter: $0, qos: 0) })
    }

    private func take(_ message: Message) {
        if message.topic.hasPrefix(Self.brokerPrefix) {
            // "3600 seconds"
            let word = String(decoding: message.payload, as: UTF8.self).split(separator: " ").first ?? ""
            broker[String(message.topic.dropFirst(Self.brokerPrefix.count))] = Double(word)
            return
        }
        // What the town's file does not name would be labels without bound.
        guard let topic = Topic(message.topic), let role = Role(rawValue: topic.owner.text),
            station.town.roster.instances[role, default: []].contains(topic.entity.named())
        else { return }
        let process = Address(topic.owner, topic.entity.named())
        if topic.kind == .journal {
            heads[process] = try? message.payload.decoded(as: Heads.self)
            return
        }
        lives[message.topic] = message
        guard !message.isRetained, let life = try? message.payload.decoded(as: Life.self), life.state != .lost else { return }
        clocks[process, default: ClockMeasure()].note(life.at - console.now())
    }
}
