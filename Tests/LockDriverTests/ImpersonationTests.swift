import Bus
import Contracts
import Launch
import Seal
import Testing

@testable import Kazasu
@testable import LockDriver

@Suite("Certificates and passwords", .serialized)
struct ImpersonationTests {
    static let device = Dialogue.all[0]

    @Test("Nobody with a certificate is let in by a password, and nobody with a password has a certificate")
    func apart() throws {
        let town = try DrivenTown()
        let password = try DevicePassword.load(file: town.data.devicePassword(of: Self.device.user)).text
        func answer(_ user: String, _ password: String?, port: Int, certificate: (String, String)? = nil) throws -> Int32? {
            let client = PasswordClient(
                port: port, user: user, password: password, authority: town.data.authority.certificate, client: "thief",
                certificate: certificate)
            _ = try town.until {
                client.turn()
                return client.answer != nil || !client.isOpen
            }
            return client.answer
        }
        #expect(try answer(Self.device.user.text, password, port: town.devicePort) == 0)
        for user in ["lock-gym", "lock-controller-main", "lock-driver-main", "desk-office", "device-nobody"] {
            #expect(try answer(user, password, port: town.devicePort) == 5, "\(user)")
        }
        #expect(try answer(Self.device.user.text, "wrong" + password, port: town.devicePort) == 5)
        #expect(try answer(Self.device.user.text, nil, port: town.devicePort) == 5)
        // Where certificates are asked for, a password opens nothing.
        #expect(try answer(Self.device.user.text, password, port: town.port) == nil)
        // And where passwords are, a certificate is nobody.
        let desk = town.data.certificate(of: "desk-office")
        #expect(try answer("", nil, port: town.devicePort, certificate: (desk.certificate, desk.key)) == 5)
        for user in town.town.deviceUsers.map(\.user) { #expect(!exists(town.data.certificate(of: user).key)) }
    }

    @Test("A certificate with somebody else's name and password in CONNECT stays who the certificate says")
    func certificate() throws {
        let town = try DrivenTown()
        let desk = town.data.certificate(of: "desk-office")
        let password = try DevicePassword.load(file: town.data.devicePassword(of: Self.device.user)).text
        let client = PasswordClient(
            port: town.port, user: Self.device.user.text, password: password, authority: town.data.authority.certificate,
            client: "desk-office", certificate: (desk.certificate, desk.key))
        #expect(
            try town.until {
                client.turn()
                return client.answer == 0
            })
        let honest = try town.connect(Self.device)
        // The device's own right, which a desk does not have.
        client.publish("home-assistant/frontdoor/availability", Array("online".utf8), retain: true)
        #expect(
            try town.until {
                client.turn()
                return client.isHeard
            })
        try town.say([Self.device.locked[0]], by: honest)
        #expect(try town.until { town.device(Self.device.door).condition.bolt == .locked })
        #expect(!town.device(Self.device.door).isPresent)
    }

    @Test("A device that borrows a service's client id takes nobody's place")
    func clientID() throws {
        let town = try DrivenTown()
        let password = try DevicePassword.load(file: town.data.devicePassword(of: Self.device.user)).text
        let thief = PasswordClient(
            port: town.devicePort, user: Self.device.user.text, password: password, authority: town.data.authority.certificate,
            client: "lock-controller-main", clean: false)
        #expect(
            try town.until {
                thief.turn()
                return thief.answer == 0
            })
        let device = try town.connect(Self.device)
        try town.settle(Self.device, device)
        let grant = try town.grant(Self.device.door)
        #expect(try town.until { !device.heard.isEmpty })
        try town.say(Self.device.unlocked, by: device)
        #expect(try town.until { town.outcomes(of: grant) == [.opened] })
    }

    /// Many devices announce themselves where nobody has asked them to, at each connect.
    @Test("A device that writes where it may not is ignored, and stays connected")
    func ignored() throws {
        let town = try DrivenTown()
        let device = try town.connect(Self.device)
        for qos: Int32 in [0, 1] { device.publish("tasmota/discovery/A8032ABE54DC/config", Array("{}".utf8), retain: true, qos: qos) }
        try town.settle(Self.device, device)
        #expect(device.isOpen && town.device(Self.device.door).isPresent, "\(town.brokerOutput)")
    }

    @Test("A device can say nothing for another one, nor anything in the town's own tree, and hears no other's orders")
    func rights() throws {
        let town = try DrivenTown()
        let tasmota = try #require(Dialogue.all.first { $0.kind == "tasmota" })
        let nuki = try #require(Dialogue.all.first { $0.kind == "nuki-hub" })
        let thief = try town.connect(tasmota)
        thief.subscribe("#")
        thief.publish(nuki.present[0].topic, nuki.present[0].payload, retain: true)
        thief.publish(nuki.unlock.topic, nuki.unlock.payload, retain: true)
        thief.publish(tasmota.unlock.topic, tasmota.unlock.payload, retain: true)
        thief.publish("nagai/lock/health/nuki-hub/life", Array("{}".utf8), retain: true)
        try town.say(tasmota.present, by: thief)
        #expect(try town.until { town.device(tasmota.door).isPresent }, "\(thief.isOpen) \(town.brokerOutput) \(town.log)")
        #expect(!town.device(nuki.door).isPresent && town.log.allSatisfy { !$0.contains("retained") })
        #expect(town.life(nuki.door)?.state == .red)
        let before = thief.heard.map(\.topic)
        #expect(before.allSatisfy { $0.contains(tasmota.device) }, "\(before)")
    }

    @Test("Passwords and what the broker keeps of them are files nobody else may read, and the broker's copy does not show them")
    func files() throws {
        let town = try DrivenTown()
        let kept = String(decoding: try SecretFile.read(town.data.passwords), as: UTF8.self)
        for user in town.town.deviceUsers.map(\.user) {
            // It refuses a file that others may use.
            let password = try DevicePassword.load(file: town.data.devicePassword(of: user))
            #expect(kept.contains("\(user):$7$101$") && !kept.contains(password.text) && password.text.count == 24)
            #expect(!"\(password)".contains(password.text))
        }
        let before = try DevicePassword.load(file: town.data.devicePassword(of: Self.device.user)).text
        _ = try town.data.prepare(town.town, port: town.port, now: Instant(milliseconds: 0))
        #expect(try DevicePassword.load(file: town.data.devicePassword(of: Self.device.user)).text == before)
    }
}
