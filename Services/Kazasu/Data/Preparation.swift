import Contracts
import Launch
import LockDriver
import Seal
import Town

extension DataFolder {
    /// Makes what a town needs and is missing; writes the broker's configuration and ACL anew.
    /// - Returns: what was made, for people; empty at an ordinary start.
    package func prepare(
        _ town: Town, port: Int, now: Instant, progress: @escaping (String) -> Void = { _ in }
    ) throws -> [String] {
        try makeFolders()
        let made = try Credentials(data: self, now: now, progress: progress).complete(for: town)
        let acl = Contract.accessControl(for: town.name, roster: town.brokerUsers) + town.deviceAccessControl
        try SecretFile.replace(accessControl, Array(acl.utf8))
        let configuration = BrokerConfiguration(
            data: self, host: town.broker.host, port: port, devicePort: town.devicePort(beside: port), systemUser: systemUser())
        try SecretFile.replace(passwords, Array(try keptPasswords(of: town.deviceUsers).utf8))
        try SecretFile.replace(brokerConfiguration, Array(configuration.text.utf8))
        try SecretFile.replace(portFile, Array("\(port)\n".utf8))
        return made
    }

    /// Mosquitto's password file.
    private func keptPasswords(of users: [DeviceUser]) throws -> String {
        try users.map { "\($0.user):\(try DevicePassword.load(file: devicePassword(of: $0.user)).kept(salt: randomBytes(12)))\n" }.joined()
    }

    /// The port of the last start.
    package var lastPort: Int? {
        guard let bytes = try? SecretFile.read(portFile) else { return nil }
        return Int(String(decoding: bytes, as: UTF8.self).filter { $0 != "\n" })
    }
}
