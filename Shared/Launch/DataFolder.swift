import Contracts
import Glibc
import Town

/// Where a running town keeps everything that is not in its `town.yaml`. One user owns it; nobody else may look inside.
///
/// ```
/// data/                       0700, like every folder below
///   ca/authority.pem, .key    the town's certificate authority; the key is needed only when a user is added
///   certificates/USER.pem, .key   one pair for every user of the broker
///   keys/token-NUMBER.key     turns card identifiers into tokens; agents alone read it
///   keys/door-DOOR.key        what the door's own reader turns card identifiers into hashes with; its lock is given a copy
///   keys/grant.key, grant.pub signs grants; locks get the public half. Those of a site: grant-SITE.key, grant-SITE.pub
///   keys/code.key             codes for doors are made from it; desks that give codes and lock-controller read it
///   keys/keypad-DOOR.key      what a door's keypad is given of it
///   keys/vault.key            personal data lies sealed under it; directory, shelter-registry and notifier read it. An island's: vault-SITE.key
///   keys/push.key             signs what is pushed to browsers; the notifier reads it and the four below. keys/push.pub: what browsers subscribe to
///   keys/webhook-NAME.secret  signs what other programs are told; whoever runs them is given a copy
///   keys/mail.password, keys/line.token, keys/line-login.secret   from the town's mail server, LINE account and LINE Login channel; somebody puts them there
///   keys/backup.password      opens the backups; keys/backup.credentials, which somebody puts there, says who we are at a store of the S3 kind
///   devices/USER.password     what a device from the shop says to the broker; whoever fits it types it in
///   state/lock-DOOR.json      what the lock of a door with a driver keeps through a power cut
///   state/PROGRAM-INSTANCE.sqlite    made by each service
///   copies/PROGRAM-INSTANCE.sqlite   a copy of it, as old as the last backup; `copies/wanted` is touched to ask for another
///   copies/before-VERSION/           as it was before that version changed its tables; of each database the newest two
/// ```
package struct DataFolder: Sendable {
    /// Absolute, or relative to where the program runs.
    package let root: String

    package init(root: String) { self.root = root }

    package var authority: PairOfFiles { PairOfFiles("\(root)/ca/authority") }
    package func certificate(of user: UserID) -> PairOfFiles { PairOfFiles("\(root)/certificates/\(user)") }
    package func tokenKey(_ number: Int) -> String { "\(root)/keys/token-\(number).key" }
    package func doorKey(_ door: DoorID) -> String { "\(root)/keys/door-\(door).key" }
    package var vaultKey: String { "\(root)/keys/vault.key" }
    package var grantKey: String { "\(root)/keys/grant.key" }
    package var grantPublicKey: String { "\(root)/keys/grant.pub" }
    package var codeKey: String { "\(root)/keys/code.key" }
    package func keypadKey(_ door: DoorID) -> String { "\(root)/keys/keypad-\(door).key" }
    package var pushKey: String { "\(root)/keys/push.key" }
    package var pushPublicKey: String { "\(root)/keys/push.pub" }
    package func webhookSecret(_ name: String) -> String { "\(root)/keys/webhook-\(name).secret" }
    package var mailPassword: String { "\(root)/keys/mail.password" }
    package var lineToken: String { "\(root)/keys/line.token" }
    package var lineLoginSecret: String { "\(root)/keys/line-login.secret" }
    package func grantKey(of site: SiteID) -> (secret: String, shown: String) {
        ("\(root)/keys/grant-\(site).key", "\(root)/keys/grant-\(site).pub")
    }
    package func vaultKey(of site: SiteID) -> String { "\(root)/keys/vault-\(site).key" }
    package func devicePassword(of user: UserID) -> String { "\(root)/devices/\(user).password" }
    package func lockMemory(of door: DoorID) -> String { "\(root)/state/lock-\(door).json" }
    package func state(of address: Address) -> String { "\(root)/state/\(address.program)-\(address.instance).sqlite" }
    package var copies: String { "\(root)/copies" }
    package func copy(of address: Address) -> String { "\(copies)/\(address.program)-\(address.instance).sqlite" }
    package func copies(before version: String) -> String { "\(copies)/before-\(version)" }
    package var copyWish: String { "\(copies)/wanted" }
    package var backupPassword: String { "\(root)/keys/backup.password" }
    package var backupCredentials: String { "\(root)/keys/backup.credentials" }
}

/// A certificate and its key, side by side.
package struct PairOfFiles: Hashable, Sendable {
    package let certificate: String
    package let key: String

    package init(_ stem: String) {
        certificate = stem + ".pem"
        key = stem + ".key"
    }
}

/// When a file was changed last; `nil` for none.
package func modified(_ path: String) -> Instant? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return Instant(milliseconds: Int64(status.st_mtim.tv_sec) * 1000 + Int64(status.st_mtim.tv_nsec) / 1_000_000)
}
