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
    /// A certificate with less time left gets a successor.
    private static let renewsBefore = Duration.seconds(180 * 86_400)

    /// - Returns: what was made, one sentence.
    func complete(for town: Town) throws -> [String] {
        var made: [String] = []
        let authority = try authority(of: town, &made)
        let users = town.brokerUsers().users.filter(\.role.connects).map {
            (user: $0.role.user($0.instance), isHere: isHere($0.role, $0.instance))
        }
        try certify(broker: town.broker.host, users, by: authority, &made)
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
        if exists(data.pushKey) {
            let key = try VAPIDKey.load(file: data.pushKey)
            // Another key was put there: browsers would subscribe to one that nobody has.
            let shown = try? VAPIDKey.loadPublic(file: data.pushPublicKey)
            if shown != key.applicationServerKey { try key.savePublic(file: data.pushPublicKey) }
        }
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

    /// The same where the town's keys are already: another authority, made by mistake, would be believed by nobody.
    func completeExisting(for town: Town) throws -> [String] {
        try mustBeTheTowns(town)
        return try complete(for: town)
    }

    private func mustBeTheTowns(_ town: Town) throws(Failure) {
        guard exists(data.authority.key), exists(data.tokenKey(town.tokenKeys.current)) else {
            throw .refused(
                "\(data.root) has not the town's keys. Give this command where kazasu up of the town runs, after its first start.")
        }
    }

    /// What a site's station and locks need beside what the town has. It stays here, so that a broken station can be made again with the same keys.
    func complete(for site: Town.Site, of town: Town) throws -> [String] {
        var made: [String] = []
        try mustBeTheTowns(town)
        // They leave with the bundle.
        let users = town.users(of: site).map { (user: $0, isHere: true) }
        try certify(broker: site.broker.host, users, by: try authority(of: town, &made), &made)
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

    /// Whether a user's certificate is used from this folder. What works with a copy elsewhere is renewed by who takes the new one there, and until then the
    /// doctor goes on warning of the old one.
    private func isHere(_ role: Role, _ instance: Instance) -> Bool {
        ![.lock, .keypad, .home].contains(role) && !exists(data.elsewhere(role.user(instance)))
    }

    /// Another certificate for the same key, if the one there is ends soon. The old one stays good until then.
    /// - Returns: whether there is a new one.
    func renew(_ user: UserID, of town: Town) throws -> Bool {
        var made: [String] = []
        return try renew(data.certificate(of: user), by: try authority(of: town, &made), as: .client, named: user.text)
    }

    private func certify(
        broker host: String, _ users: [(user: UserID, isHere: Bool)], by authority: Authority, _ made: inout [String]
    ) throws {
        // A host that is neither of these is reached from outside too.
        let isAddress =
            host.utf8.allSatisfy { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") || (48...57).contains($0) } || host.contains(":")
        let names = isAddress || host == "localhost" ? ["localhost"] : ["localhost", host]
        let addresses = isAddress && host != "127.0.0.1" ? ["127.0.0.1", host] : ["127.0.0.1"]
        let (broker, use) = (data.brokerCertificate(host: host), Authority.Use.server(names: names, addresses: addresses))
        if try ensure(broker, by: authority, as: use, named: host) {
            made.append("a certificate for the broker at \(host)")
        } else if try renew(broker, by: authority, as: use, named: host) {
            made.append("a new certificate for the broker at \(host), in place of one that ends soon")
        }
        var (added, renewed) = ([UserID](), [UserID]())
        for (index, (user, isHere)) in users.enumerated() {
            if try ensure(data.certificate(of: user), by: authority, as: .client, named: user.text) {
                added.append(user)
                progress("certificates: \(index + 1) of \(users.count)")
            } else if isHere, try renew(data.certificate(of: user), by: authority, as: .client, named: user.text) {
                renewed.append(user)
            }
        }
        if !added.isEmpty { made.append("certificates for \(counted(added))") }
        if !renewed.isEmpty { made.append("new certificates, in place of those that end soon, for \(counted(renewed))") }
    }

    private func counted(_ users: [UserID]) -> String {
        let list = users.prefix(8).map(\.text).joined(separator: ", ") + (users.count > 8 ? " and \(users.count - 8) more" : "")
        return "\(users.count) user\(users.count == 1 ? "" : "s"): \(list)"
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

    private func renew(_ files: PairOfFiles, by authority: Authority, as use: Authority.Use, named name: String) throws -> Bool {
        guard try endOfCertificate(files.certificate) < now + Self.renewsBefore else { return false }
        let end = now + .seconds(Self.certificateDays * 86_400)
        guard let renewed = try authority.renew(use, commonName: name, files: (files.certificate, files.key), until: end) else {
            return false
        }
        try SecretFile.replace(files.former, try readWhole(files.certificate))
        try renewed.replace(certificate: files.certificate)
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
