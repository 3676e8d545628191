import Bus
import CMosquitto
import Glibc

/// A broker connection over libmosquitto, driven by the owner's own `poll` loop.
///
/// `receive` reads, `flush` writes, and nothing is written in between: the PUBACKs of what was read wait in libmosquitto's queue until the owner has
/// committed. When the connection is lost it is opened again after a pause that grows from 0.1 s to 5 s, with jitter: doors stay shut meanwhile.
package final class MosquittoTransport: Transport {
    private let settings: BrokerSettings
    private let will: () -> Outgoing?
    private var connection: Connection?
    private var connector: Connector?
    private var pause: Int64 = 0
    private var nextAttempt: Int64 = 0
    private var nextUpkeep: Int64 = 0
    /// Connections in a row that the broker accepted, and closed before they were `goodLife` old.
    private var shortLives = 0
    private var connectedAt: Int64?
    private var ended: [BusEvent] = []
    private var isClosed = false

    /// - Parameter will: made anew for each connection, since it carries the connection's time.
    package init(_ settings: BrokerSettings, will: @escaping () -> Outgoing? = { nil }) {
        _ = Self.library
        self.settings = settings
        self.will = will
    }

    private static let library: Int32 = mosquitto_lib_init()

    package var isConnected: Bool { connection?.isConnected ?? false }

    /// Whether the broker has confirmed a subscription on this connection.
    var isSubscribed: Bool { (connection?.confirmed ?? 0) > 0 }

    // MARK: For the poll loop

    /// The descriptor to wait for and the events of poll(2).
    package var interest: pollfd? {
        if let connection, connection.descriptor >= 0 {
            let events = POLLIN | (mosquitto_want_write(connection.handle) ? POLLOUT : 0)
            return pollfd(fd: connection.descriptor, events: Int16(events), revents: 0)
        }
        return connector.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
    }

    /// Milliseconds until `receive` must be called even if nothing arrives: a keep-alive or the next attempt.
    package var patience: Int64 {
        if connection != nil { return max(0, nextUpkeep - monotonic()) }
        return connector == nil ? max(0, nextAttempt - monotonic()) : 1000
    }

    // MARK: Transport

    package func receive(limit: Int) -> [BusEvent] {
        if connection == nil { advance() }
        guard let connection else { return drainEnded() }
        connection.messages = 0
        var code: Int32 = 0
        while connection.messages < limit {
            let before = connection.events.count
            code = mosquitto_loop_read(connection.handle, 1)
            // Nothing came of it: the socket is dry, or holds part of a packet. What TLS had decrypted already was read as well.
            if code != 0 || connection.events.count == before { break }
        }
        if code == 0, monotonic() >= nextUpkeep {
            // Sends a PINGREQ when it is time, and notices a broker that has fallen silent.
            code = mosquitto_loop_misc(connection.handle)
            nextUpkeep = monotonic() + 1000
        }
        if !connection.isConnected, connection.end == nil, code == 0 {
            // TLS handshake and CONNECT: nothing of ours can be in the queue yet. A broker killed in the middle of the handshake is no error to
            // libmosquitto 2.0.11, which would try on, without a pause, until the keep-alive is over.
            code = hasHungUp(connection.descriptor) ? MOSQ_ERR_CONN_LOST.rawValue : mosquitto_loop_write(connection.handle, 1)
        }
        let events = connection.events
        connection.events = []
        if code != 0 || connection.end != nil { return events + lose(connection, code) }
        if events.contains(where: { if case .connected = $0 { true } else { false } }) { connectedAt = monotonic() }
        return events
    }

    package func subscribe(_ subscriptions: [Subscription]) {
        guard let connection else { return }
        for subscription in subscriptions { mosquitto_subscribe_v5(connection.handle, nil, subscription.filter, subscription.qos, 0, nil) }
    }

    package func publish(_ outgoing: Outgoing) -> Int32? {
        guard let connection, connection.isConnected else { return nil }
        var properties: OpaquePointer?
        if let expiry = outgoing.expiry {
            mosquitto_property_add_int32(&properties, Int32(MQTT_PROP_MESSAGE_EXPIRY_INTERVAL.rawValue), expiry)
        }
        defer { mosquitto_property_free_all(&properties) }
        var id: Int32 = 0
        let code = outgoing.payload.withUnsafeBytes {
            mosquitto_publish_v5(
                connection.handle, &id, outgoing.topic, Int32($0.count), $0.baseAddress, outgoing.qos, outgoing.retain, properties)
        }
        return code == 0 ? id : nil
    }

    package func flush() {
        guard let connection, connection.descriptor >= 0, mosquitto_want_write(connection.handle) else { return }
        // libmosquitto writes packet by packet; corked they leave in few segments, and at once when the cork is drawn.
        cork(connection.descriptor, true)
        let code = mosquitto_loop_write(connection.handle, 1)
        if connection.descriptor >= 0 { cork(connection.descriptor, false) }
        if code != 0 { ended += lose(connection, code) }
    }

    package func abandon() {
        guard let connection else { return }
        if connection.descriptor >= 0 { shutdown(connection.descriptor, Int32(SHUT_RDWR)) }
        ended += lose(connection, 0, "connection dropped, nothing acknowledged")
    }

    package func close() {
        isClosed = true
        connector = nil
        guard let connection else { return }
        if connection.isConnected {
            flush()
            mosquitto_disconnect_v5(connection.handle, 0, nil)
            _ = mosquitto_loop_write(connection.handle, 1)
        }
        self.connection = nil
    }

    // MARK: Life of a connection

    private func advance() {
        guard !isClosed else { return }
        if let connector {
            guard let code = connector.result else { return }
            let why = describe(code)
            self.connector = nil
            if code == 0 {
                connection = connector.connection
                nextUpkeep = monotonic() + 1000
            } else {
                shortLives = 0
                ended.append(.disconnected("\(settings.host):\(settings.port): \(why)"))
                wait()
            }
        } else if monotonic() >= nextAttempt {
            var settings = settings
            settings.will = will() ?? settings.will
            do { connector = try Connector(settings) } catch {
                ended.append(.fatal(error.description))
                wait()
            }
        }
    }

    /// Milliseconds after which a connection was a good one, and the next attempt follows its end at once.
    private static let goodLife: Int64 = 10_000
    private static let mostShortLives = 5

    private func lose(_ connection: Connection, _ code: Int32, _ why: String? = nil) -> [BusEvent] {
        let end = connection.end ?? (code, why ?? describe(code))
        self.connection = nil
        if why == nil {
            let isShort = connectedAt.map { monotonic() - $0 < Self.goodLife } ?? false
            shortLives = isShort && connection.isClosedByBroker ? shortLives + 1 : 0
            if connectedAt != nil, !isShort { pause = 0 }
        }
        connectedAt = nil
        wait()
        // MQTT 5.0, 3.14.2.1 has a reason code for it, 0x8E, session taken over; but Mosquitto 2.0.11 only closes the connection. A broker that
        // crashes again and again, or is away for a moment, and a line that is cut again and again begin the count anew.
        if shortLives >= Self.mostShortLives {
            shortLives = 0
            return [
                .fatal(
                    "another process connects as \(settings.client) and takes our place, \(Self.mostShortLives) times in a row. Stop one of the two; if none is known, its certificate is stolen: revoke it."
                )
            ]
        }
        return [.disconnected("\(settings.host):\(settings.port): \(end.reason)")]
    }

    private func wait() {
        nextAttempt = monotonic() + pause + (pause > 0 ? Int64.random(in: 0...pause / 2) : 0)
        pause = min(max(pause * 2, 100), 5_000)
    }

    private func drainEnded() -> [BusEvent] {
        defer { ended = [] }
        return ended
    }

    private func hasHungUp(_ descriptor: Int32) -> Bool {
        var polled = pollfd(fd: descriptor, events: 0, revents: 0)
        return poll(&polled, 1, 0) > 0 && Int32(polled.revents) & (POLLHUP | POLLERR) != 0
    }

    private func cork(_ descriptor: Int32, _ on: Bool) {
        var value: Int32 = on ? 1 : 0
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_CORK, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    private func monotonic() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }
}
