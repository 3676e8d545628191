import Bus
import CMosquitto
import Contracts
import Glibc
import ServiceKit

/// A device's own connection: a name, a password, the town's authority, and no certificate.
final class PasswordClient {
    private final class Box {
        var heard: [Message] = []
        var connack: Int32?
        var acknowledged = 0
    }

    private let handle: OpaquePointer
    private let box = Box()

    var heard: [Message] { box.heard }
    var isOpen: Bool { mosquitto_socket(handle) >= 0 }
    /// The broker's answer to CONNECT (MQTT 3.1.1, 3.2.2.3), once there is one.
    var answer: Int32? { box.connack }

    /// - Parameter clean: whether the broker keeps nothing for it; many devices want it to.
    init(
        port: Int, user: String, password: String?, authority: String, client: String? = nil, certificate: (String, String)? = nil,
        clean: Bool = true
    ) {
        _ = Self.library
        guard let handle = mosquitto_new(client ?? user, clean, nil) else { preconditionFailure("no handle") }
        self.handle = handle
        mosquitto_user_data_set(handle, Unmanaged.passUnretained(box).toOpaque())
        if let password { mosquitto_username_pw_set(handle, user, password) }
        mosquitto_tls_set(handle, authority, nil, certificate?.0, certificate?.1, nil)
        mosquitto_connect_callback_set(handle) { _, box, code in PasswordClient.box(box).connack = code }
        mosquitto_publish_callback_set(handle) { _, box, _ in PasswordClient.box(box).acknowledged += 1 }
        mosquitto_message_callback_set(handle) { _, box, message in
            guard let message = message?.pointee else { return }
            let payload = UnsafeRawBufferPointer(start: message.payload, count: Int(message.payloadlen))
            PasswordClient.box(box).heard.append(
                Message(topic: String(cString: message.topic), payload: Array(payload), isRetained: message.retain))
        }
        mosquitto_connect(handle, "localhost", Int32(port), 10)
    }

    deinit { mosquitto_destroy(handle) }

    private static let library: Int32 = mosquitto_lib_init()
    private static func box(_ pointer: UnsafeMutableRawPointer?) -> Box {
        guard let pointer else { preconditionFailure("every client has its box") }
        return Unmanaged<Box>.fromOpaque(pointer).takeUnretainedValue()
    }

    func turn() { if mosquitto_socket(handle) >= 0 { mosquitto_loop(handle, 0, 1) } }

    func subscribe(_ topic: String) { mosquitto_subscribe(handle, nil, topic, 1) }

    func publish(_ topic: String, _ payload: [UInt8], retain: Bool = false, qos: Int32 = 1) {
        published += 1
        mosquitto_publish(handle, nil, topic, Int32(payload.count), payload, qos, retain)
    }

    /// Whether the broker has taken all its messages: what was for it before was handed to it by then, since a broker answers in order.
    var isHeard: Bool { box.acknowledged == published }
    private var published = 0

    func forget() { box.heard = [] }

    /// The line is gone, without a word.
    func cut() { if mosquitto_socket(handle) >= 0 { shutdown(mosquitto_socket(handle), Int32(SHUT_RDWR)) } }
}
