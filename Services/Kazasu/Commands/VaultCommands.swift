import Contracts
import Launch
import Seal
import Town

extension Operand where Value == Int {
    fileprivate static var vaultKey: Self {
        Self("NUMBER", expected: "a key's number; kazasu vault status shows them") { text in
            Int(text.hasPrefix("v") ? String(text.dropFirst()) : text).flatMap { Vault.numbers.contains($0) ? $0 : nil }
        }
    }
}

extension Command {
    private static let family = Station.options + [Flag.json.shape]
    private static let place = "Where keys/vault.key is: on the directory's machine."

    package static var vaultStatus: Command {
        Command(
            "vault status", summary: "the keys personal data lies under, and how much is left under older ones", options: family,
            details: "\(place) Exit code 3 when a service that keeps personal data does not run, so that nobody knows what is left."
        ) { arguments, console in
            let station = try Station(arguments, console)
            let status = try station.vaultStatus(console)
            if arguments.has(.json) { try console.json(status) } else { console.out(table(status.rows)) }
            for advice in status.advice { console.note(advice) }
            return status.isKnown ? .done : .unknown
        }
    }

    package static var vaultAddKey: Command {
        Command(
            "vault add-key", summary: "draw another key, under which personal data lies from the services' next start on",
            options: family,
            details:
                "\(place) The older keys go on opening what lies under them, until nothing does: kazasu vault status, kazasu vault retire"
        ) { arguments, console in
            let station = try Station(arguments, console)
            let number = try sealed { () throws(SealError) in try Vault.addKey(file: station.data.vaultKey) }
            if arguments.has(.json) {
                try console.json(["key": number])
            } else {
                console.line("key v\(number) is in \(station.data.vaultKey)")
                console.note(
                    "back up that file now, then start the town again: it seals under v\(number) from then on, and what is there anew"
                )
            }
            return .done
        }
    }

    package static var vaultRetire: Command {
        Command(
            "vault retire", "NUMBER", count: 1...1, summary: "take an older key out of the file, once nothing lies under it",
            options: [Flag.yes.shape] + family,
            details:
                "\(place) A copy of state/ in which something lies under the key can never be read again, unless you keep a copy of the key as well."
        ) { arguments, console in
            let number = try arguments.operand(0, .vaultKey)
            let station = try Station(arguments, console)
            let status = try station.vaultStatus(console)
            if let obstacle = status.obstacle(to: number) { throw Failure.refused(obstacle) }
            try console.confirm("retire key v\(number)? Older copies of the database become unreadable", unless: arguments.has(.yes))
            try sealed { () throws(SealError) in try Vault.retire(number, file: station.data.vaultKey) }
            if arguments.has(.json) {
                try console.json(["retired": number])
            } else {
                console.line("key v\(number) is retired. What lay under it in older copies opens nowhere any more")
            }
            return .done
        }
    }

    fileprivate static func sealed<Result>(_ body: () throws(SealError) -> Result) throws(Failure) -> Result {
        do throws(SealError) { return try body() } catch { throw .refused("\(error)") }
    }
}

extension Station {
    /// The keys in the file, and the newest word of every process here whose database lies under them.
    fileprivate func vaultStatus(_ console: Console) throws -> VaultStatus {
        let keys = try Command.sealed { () throws(SealError) in try Vault.load(file: data.vaultKey).keyNumbers }
        let keepers = town.processes(withAgents: false, at: place).filter(\.role.hasVault)
        let lives = try? lookout().look(at: Set(keepers.map { "\(town.name)/\($0.role.program)/health/+/life" }).sorted())
        let vitals = town.vitals(lives ?? [], at: place, now: console.now()).filter { one in
            keepers.contains { $0.role == one.role && $0.instance == one.instance }
        }
        return VaultStatus(keys: keys, keepers: vitals.map(VaultStatus.Keeper.init))
    }
}
