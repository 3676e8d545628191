import Contracts
import Launch
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
        let acl = Contract.accessControl(for: town.name, roster: town.brokerUsers)
        try SecretFile.replace(accessControl, Array(acl.utf8))
        let configuration = BrokerConfiguration(data: self, host: town.broker.host, port: port, systemUser: systemUser())
        try SecretFile.replace(brokerConfiguration, Array(configuration.text.utf8))
        try SecretFile.replace(portFile, Array("\(port)\n".utf8))
        return made
    }

    /// The port of the last start.
    package var lastPort: Int? {
        guard let bytes = try? SecretFile.read(portFile) else { return nil }
        return Int(String(decoding: bytes, as: UTF8.self).filter { $0 != "\n" })
    }
}
