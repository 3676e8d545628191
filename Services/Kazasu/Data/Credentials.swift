import Contracts
import Glibc
import Launch
import LockDriver
import Seal
import Town

/// Makes the keys and certificates a town needs. What exists is left as it is: a key that changed would lock out whoever holds the old one.
struct Credentials {
    let data: DataFolder
    let now: Instant
    /// Called before each key that takes a moment.
    let progress: (String) -> Void

    /// Twenty years, half of that for what it signs. A certificate that ends on a Sunday stops a town; stealing a key is answered by the ACL.
    private static let authorityDays = 7300
    private static let certificateDays = 3650

    /// - Returns: what was made, one sentence.
    func complete(for town: Town) throws -> [String] {
        var made: [String] = []
        let authority = try authority(of: town, &made)
        try certify(broker: town.broker.host, town.brokerUsers().users.map { $0.role.user($0.instance) }, by: authority, &made)
        // The former key is never made: a new secret under its number would know no card.
        let number = town.tokenKeys.current
        if !exists(data.tokenKey(number)) {
            _ = try TokenKey.create(at: data.tokenKey(number), number: number)
            made.append("token key \(number)")
        }
        made += try doorKeys(of: town)
        if !exists(data.vaultKey) {
            try Vault.create(at: data.vaultKey)
            made.append("the key of personal data")
        }
        let keypads = town.doors.filter(\.hasKeypad).map(\.id)
        if !keypads.isEmpty, !exists(data.codeKey) {
            _ = try CodeKey.create(at: data.codeKey)
            made.append("the key of codes for doors")
        }
        // What a keypad is given follows from the key.
        for door in keypads where !exists(data.keypadKey(door)) {
            try CodeKey.load(file: data.codeKey).keypad(of: door, in: town.name).save(file: data.keypadKey(door))
        }
        if !exists(data.grantKey) {
            try SigningKey.generate().save(file: data.grantKey)
            made.append("the key that signs grants")
        }
        if town.post.push != nil, !exists(data.pushKey) {
            _ = try VAPIDKey.create(at: data.pushKey)
            made.append("the key of messages to browsers")
        }
        for webhook in town.post.webhooks where !exists(data.webhookSecret(webhook.id.text)) {
            // As Standard Webhooks writes a secret.
            try SecretFile.create(data.webhookSecret(webhook.id.text), Array("whsec_\(Base64.text(randomBytes(32)))\n".utf8))
            made.append("the secret of webhook \(webhook.id), which whoever runs it is given: \(data.webhookSecret(webhook.id.text))")
        }
        if let password = try data.makeBackupPassword(for: town) { made.append(password) }
        let devices = town.deviceUsers.map(\.user).filter { !exists(data.devicePassword(of: $0)) }
        for user in devices { try DevicePassword.create(at: data.devicePassword(of: user)) }
        if !devices.isEmpty {
            made.append("passwords in \(data.root)/devices for \(devices.map(\.text).joined(separator: ", "))")
        }
        // The public half follows from the key, so it is written wherever it is missing.
        if !exists(data.grantPublicKey) { try SigningKey.load(file: data.grantKey).verifyingKey.save(file: data.grantPublicKey) }
        return made
    }

    /// A door key follows from the token keys, so its file is written whenever it does not hold what follows from them now.
    private func doorKeys(of town: Town) throws -> [String] {
        let doors = town.doors.filter { $0.lease != nil }.map(\.id)
        guard !doors.isEmpty else { return [] }
        let numbers = [town.tokenKeys.current] + (town.tokenKeys.former.map { [$0] } ?? [])
        let keys = try numbers.filter { exists(data.tokenKey($0)) }.map { try TokenKey.load($0, file: data.tokenKey($0)) }
        return try doors.compactMap { door in
            let (path, bytes) = (data.doorKey(door), DoorKey.file(keys.map { $0.doorKey(door) }))
            guard try !exists(path) || SecretFile.read(path) != bytes else { return nil }
            try SecretFile.replace(path, bytes)
            return "the key of door \(door), which its lock is given: \(path)"
        }
    }

    /// What a site's station and locks need beside what the town has. It stays here, so that a broken station can be made again with the same keys.
    func complete(for site: Town.Site, of town: Town) throws -> [String] {
        var made: [String] = []
        guard exists(data.authority.key), exists(data.tokenKey(town.tokenKeys.current)) else {
            throw Failure.refused(
                "\(data.root) has not the town's keys. Give this command where kazasu up of the town runs, after its first start.")
        }
        try certify(broker: site.broker.host, town.users(of: site), by: try authority(of: town, &made), &made)
        if site.keepsPersonalData, !exists(data.vaultKey(of: site.id)) {
            try Vault.create(at: data.vaultKey(of: site.id))
            made.append("the key of personal data at \(site.id)")
        }
        guard !site.doors.isEmpty else { return made }
        let key = data.grantKey(of: site.id)
        if !exists(key.secret) {
            try SigningKey.generate().save(file: key.secret)
            made.append("the key that signs grants of \(site.id)")
        }
        if !exists(key.shown) { try SigningKey.load(file: key.secret).verifyingKey.save(file: key.shown) }
        return made
    }

    private func certify(broker host: String, _ users: [UserID], by authority: Authority, _ made: inout [String]) throws {
        // A host that is neither of these is reached from outside too.
        let isAddress =
            host.utf8.allSatisfy { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") || (48...57).contains($0) } || host.contains(":")
        let names = isAddress || host == "localhost" ? ["localhost"] : ["localhost", host]
        let addresses = isAddress && host != "127.0.0.1" ? ["127.0.0.1", host] : ["127.0.0.1"]
        if try ensure(data.brokerCertificate(host: host), by: authority, as: .server(names: names, addresses: addresses), named: host) {
            made.append("a certificate for the broker at \(host)")
        }
        var added: [UserID] = []
        for (index, user) in users.enumerated() where try ensure(data.certificate(of: user), by: authority, as: .client, named: user.text) {
            added.append(user)
            progress("certificates: \(index + 1) of \(users.count)")
        }
        guard !added.isEmpty else { return }
        let list = added.prefix(8).map(\.text).joined(separator: ", ") + (added.count > 8 ? " and \(added.count - 8) more" : "")
        made.append("certificates for \(added.count) user\(added.count == 1 ? "" : "s"): \(list)")
    }

    /// The authority is made in a folder of its own and moved into place whole: a crash leaves none, not half of one.
    private func authority(of town: Town, _ made: inout [String]) throws -> Authority {
        let final = "\(data.root)/ca"
        if exists(final) { return try Authority.load(certificate: data.authority.certificate, key: data.authority.key) }
        let fresh = "\(data.root)/ca.\(getpid()).new"
        try data.makeFolder(fresh)
        let authority = try Authority.create(commonName: "Kazasu \(town.name)", from: start, validDays: Self.authorityDays)
        try authority.save(certificate: "\(fresh)/authority.pem", key: "\(fresh)/authority.key")
        guard rename(fresh, final) == 0 else { throw Failure.refused("\(final) cannot be made: \(String(cString: strerror(errno))).") }
        made.append("the town's certificate authority")
        return authority
    }

    /// - Returns: whether anything was made.
    private func ensure(_ files: PairOfFiles, by authority: Authority, as use: Authority.Use, named name: String) throws -> Bool {
        if exists(files.key), exists(files.certificate) { return false }
        // The key is written first, so one without a certificate is left over from a crash and nobody has ever used it.
        unlink(files.key)
        try authority.issue(use, commonName: name, from: start, validDays: Self.certificateDays).save(
            certificate: files.certificate, key: files.key)
        return true
    }

    /// A day ago: the clocks of small machines differ.
    private var start: Instant { now - .seconds(86_400) }
}

extension DataFolder {
    /// What opens the backups of this machine, a station's too: whoever has it can read each of them, and without it nobody can.
    /// - Returns: what was made, if it was not there.
    func makeBackupPassword(for town: Town) throws -> String? {
        guard town.backups != nil, !exists(backupPassword) else { return nil }
        try SecretFile.create(backupPassword, Array("\(Base64URL.text(randomBytes(32)))\n".utf8))
        return
            "the password of the backups. Keep a copy of \(backupPassword) on paper, where no fire reaches both: without it no backup can be read"
    }
}
