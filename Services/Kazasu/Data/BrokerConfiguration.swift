import Contracts
import Glibc
import Launch
import Town

/// mosquitto.conf(5) for a town, written for Mosquitto 2.0.11 and later.
struct BrokerConfiguration {
    let data: DataFolder
    let host: String
    let port: Int
    /// Where devices with a password connect; `nil` when the town has none.
    var devicePort: Int?
    /// The system user who runs it.
    let systemUser: String

    /// `per_listener_settings` is not here on purpose: with it, Mosquitto 2.0.12 to 2.0.18 silently loses persistent sessions.
    var text: String {
        let certificate = data.brokerCertificate(host: host)
        return """
            # Made from town.yaml. Do not edit: it is written again at every start.

            # Whom to end when its restart is practised.
            pid_file \(data.brokerProcess)

            # What a person should know, to whoever started it, without the time, which the reader adds. Standard output would be
            # held back in a buffer.
            log_dest stderr
            log_timestamp false
            log_type error
            log_type warning
            log_type notice

            # Started as root, mosquitto would become its own user, who cannot read our keys. It stays who it is.
            user \(systemUser)

            # \(placement)
            \(listener(at: port))
            cafile \(data.authority.certificate)
            certfile \(certificate.certificate)
            keyfile \(certificate.key)
            # Nobody connects without a certificate of the town's authority, and the name in it is the user the ACL knows.
            require_certificate true
            \(revoked)
            use_identity_as_username true
            allow_anonymous false
            acl_file \(data.accessControl)
            \(devices)

            # Nagle's algorithm and delayed acknowledgements together cost 40 ms a message.
            set_tcp_nodelay true
            # A client takes up to this many messages into one transaction; the default of 20 would make many small ones.
            max_inflight_messages 4000
            # No limit by number worth the name: the default drops what is beyond 1,000 for an absent client, and acknowledges it. 0 would be none,
            # but with it Mosquitto 2.0.11 ends the connection of whoever writes where he may not, again and again.
            max_queued_messages 100000000
            # A limit by size, so that an absent client cannot fill the memory. What is dropped is asked for again from the journals.
            max_queued_bytes 67108864
            # The largest message of the contract is a batch of 96 KiB.
            max_packet_size 262144

            # Sessions and retained messages outlive an orderly restart; a power cut forgets half a minute at most, which the journals
            # make good. autosave_on_changes would write the whole memory after each change: 700 messages a second instead of 38,000.
            persistence true
            persistence_location \(data.brokerMemory)/
            autosave_interval 30
            # Who stays away for two months has left; its queue is not kept for ever.
            persistent_client_expiration 2m

            # One line a connection would drown the rest.
            connection_messages false

            """
    }

    /// Whoever was revoked has no rights, and does not even connect: by another's client id it could end that one's connection. Read anew at SIGHUP.
    private var revoked: String { exists(data.revocationList) ? "crlfile \(data.revocationList)" : "" }

    /// A name of this machine alone is listened for on the loopback; any other host may be known by several addresses, so all are taken.
    private func listener(at port: Int) -> String {
        switch host {
        case "localhost", "127.0.0.1": "listener \(port) 127.0.0.1"
        case "::1": "listener \(port) ::1"
        default: "listener \(port)"
        }
    }

    private var placement: String {
        ["localhost", "127.0.0.1", "::1"].contains(host) ? "This machine alone." : "Agents, locks and desks on other machines connect too."
    }

    /// No user has both a certificate and a password, so neither can be taken for the other; and whatever client id a device gives, it gets its user's,
    /// or it could end a service's session by borrowing its id.
    private var devices: String {
        guard let devicePort else { return "" }
        let certificate = data.brokerCertificate(host: host)
        return """

            # Devices from the shop, which have a password and no certificate.
            \(listener(at: devicePort))
            cafile \(data.authority.certificate)
            certfile \(certificate.certificate)
            keyfile \(certificate.key)
            require_certificate false
            use_username_as_clientid true
            password_file \(data.passwords)

            """
    }
}

/// The name of the user this process runs as.
func systemUser() -> String {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16_384) { buffer in
        guard let memory = buffer.baseAddress, getpwuid_r(geteuid(), &entry, memory, buffer.count, &found) == 0, found != nil,
            let name = entry.pw_name
        else { return "root" }
        return String(cString: name)
    }
}
