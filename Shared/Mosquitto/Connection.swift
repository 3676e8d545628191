import Bus
import CMosquitto
import Glibc

/// Where the broker is and who we are to it.
package struct BrokerSettings: Sendable {
    package var host: String
    package var port: Int
    /// Client id, which is also the user name in the certificate.
    package var client: String
    /// Paths of PEM files; `nil` speaks plain TCP, for tests on loopback alone.
    package var tls: TLSFiles?
    /// A clean session keeps nothing at the broker: what devices want that must not get old orders.
    package var clean: Bool
    /// Seconds the broker keeps the session after a disconnect.
    package var sessionExpiry: UInt32
    package var will: Outgoing?
    /// Seconds; the broker publishes the will after one and a half of them without a sign of life.
    package var keepAlive: Int32

    package init(
        host: String, port: Int, client: String, tls: TLSFiles?, clean: Bool = false, sessionExpiry: UInt32 = 60 * 86_400,
        will: Outgoing? = nil,
        keepAlive: Int32 = 10
    ) {
        self.host = host
        self.port = port
        self.client = client
        self.tls = tls
        self.clean = clean
        self.sessionExpiry = sessionExpiry
        self.will = will
        self.keepAlive = keepAlive
    }
}

package struct TLSFiles: Sendable {
    package var authority: String
    package var certificate: String
    package var key: String

    package init(authority: String, certificate: String, key: String) {
        self.authority = authority
        self.certificate = certificate
        self.key = key
    }
}

/// One libmosquitto handle: one connection and no more. A new connection gets a new handle, since an old one would send again by itself what was
/// not acknowledged, orders that are dead by now among it.
final class Connection {
    let handle: OpaquePointer
    private let properties: UnsafeMutablePointer<OpaquePointer?>
    var events: [BusEvent] = []
    var messages = 0
    var isConnected = false
    /// Subscriptions the broker has confirmed.
    var confirmed = 0
    /// Set when libmosquitto or the broker has ended it.
    var end: (code: Int32, reason: String)?
    /// A reference of our own to libmosquitto's session: the library lets go of it before it says that the connection has ended.
    private var session: OpaquePointer?

    /// - Throws: what is wrong with the settings, in a sentence.
    init(_ settings: BrokerSettings) throws(ConnectionError) {
        guard let made = mosquitto_new(settings.client, settings.clean, nil) else {
            throw ConnectionError("libmosquitto gave no handle for client \(settings.client)")
        }
        handle = made
        properties = .allocate(capacity: 1)
        properties.initialize(to: nil)
        mosquitto_user_data_set(handle, Unmanaged.passUnretained(self).toOpaque())
        // Acknowledgements are queued and leave with mosquitto_loop_write alone: after the commit.
        mosquitto_threaded_set(handle, true)
        mosquitto_int_option(handle, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5)
        mosquitto_int_option(handle, MOSQ_OPT_TCP_NODELAY, 1)
        mosquitto_int_option(handle, MOSQ_OPT_SEND_MAXIMUM, 4000)
        mosquitto_property_add_int16(properties, Int32(MQTT_PROP_RECEIVE_MAXIMUM.rawValue), 2000)
        if !settings.clean {
            mosquitto_property_add_int32(properties, Int32(MQTT_PROP_SESSION_EXPIRY_INTERVAL.rawValue), settings.sessionExpiry)
        }
        if let tls = settings.tls {
            for path in [tls.authority, tls.certificate, tls.key] where access(path, R_OK) != 0 {
                throw ConnectionError(
                    "\(path): cannot be read (\(String(cString: strerror(errno)))). It is made by `kazasu up` and belongs to this client.")
            }
            let code = mosquitto_tls_set(handle, tls.authority, nil, tls.certificate, tls.key, nil)
            guard code == MOSQ_ERR_SUCCESS.rawValue else {
                throw ConnectionError("TLS files of \(settings.client): \(String(cString: mosquitto_strerror(code)))")
            }
        }
        if let will = settings.will {
            _ = will.payload.withUnsafeBytes {
                mosquitto_will_set(handle, will.topic, Int32($0.count), $0.baseAddress, will.qos, will.retain)
            }
        }
        setCallbacks()
        countConfirmations()
    }

    deinit {
        SSL_free(session)
        mosquitto_destroy(handle)
        mosquitto_property_free_all(properties)
        properties.deallocate()
    }

    /// Resolves the name and connects. It blocks, as the library and the resolver do.
    func open(_ settings: BrokerSettings) -> Int32 {
        mosquitto_connect_bind_v5(handle, settings.host, Int32(settings.port), settings.keepAlive, nil, properties.pointee)
    }

    var descriptor: Int32 { mosquitto_socket(handle) }

    /// Whether the broker itself has closed the connection, which it says in TLS (RFC 8446, 6.1: close_notify). A broker that dies says nothing, and
    /// neither does a line that is cut. Without TLS nobody can tell them apart.
    var isClosedByBroker: Bool { session.map { SSL_get_shutdown($0) & SSL_RECEIVED_SHUTDOWN != 0 } ?? true }

    private func keepSession() {
        guard let raw = mosquitto_ssl_get(handle) else { return }
        session = OpaquePointer(raw)
        SSL_up_ref(session)
    }

    // MARK: Callbacks

    private func setCallbacks() {
        mosquitto_connect_v5_callback_set(handle) { _, object, code, flags, _ in
            let me = Connection.from(object)
            if code == 0 {
                me.isConnected = true
                me.keepSession()
                me.events.append(.connected(session: flags & 1 != 0))
            } else {
                me.end = (code, refusal(code))
            }
        }
        mosquitto_disconnect_v5_callback_set(handle) { _, object, code, _ in
            let me = Connection.from(object)
            me.isConnected = false
            if me.end == nil { me.end = (code, code == 0 ? "closed" : describe(code)) }
        }
        mosquitto_message_v5_callback_set(handle) { _, object, message, _ in
            guard let message = message?.pointee, let topic = message.topic else { return }
            let me = Connection.from(object)
            let payload = UnsafeRawBufferPointer(start: message.payload, count: Int(message.payloadlen))
            me.events.append(.message(Message(topic: String(cString: topic), payload: Array(payload), isRetained: message.retain)))
            me.messages += 1
        }
        mosquitto_publish_v5_callback_set(handle) { _, object, id, code, _ in
            Connection.from(object).events.append(.acknowledged(id: id, code: UInt8(truncatingIfNeeded: code)))
        }
    }

    private func countConfirmations() {
        mosquitto_subscribe_callback_set(handle) { _, object, _, _, _ in Connection.from(object).confirmed += 1 }
    }

    private static func from(_ object: UnsafeMutableRawPointer?) -> Connection {
        guard let object else { preconditionFailure("libmosquitto hands back what it was given") }
        return Unmanaged<Connection>.fromOpaque(object).takeUnretainedValue()
    }
}

/// The broker's answer to our CONNECT. A broker that knows only MQTT 3.1.1 says so in its own way, which libmosquitto turns into the reason code of MQTT 5.
private func refusal(_ code: Int32) -> String {
    code == MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION.rawValue
        ? "the broker does not speak MQTT 5, which Kazasu needs. Use one that does, such as Mosquitto 2, and let its listener accept version 5"
        : "the broker refused the connection: \(String(cString: mosquitto_reason_string(code)))"
}

/// libmosquitto's own errors are small numbers, MQTT 5 reason codes 0x80 and above.
func describe(_ code: Int32) -> String {
    switch code {
    case MOSQ_ERR_ERRNO.rawValue: String(cString: strerror(errno))
    case MOSQ_ERR_EAI.rawValue: "the broker's name cannot be resolved"
    case MOSQ_ERR_TLS.rawValue: "TLS failed: does the broker's certificate come from the town's authority and name this host?"
    case 128...: String(cString: mosquitto_reason_string(code))
    default: String(cString: mosquitto_strerror(code))
    }
}

package struct ConnectionError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
