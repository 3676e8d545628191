import Contracts
import Launch
import Seal
import Town

extension Operand where Value == Role {
    fileprivate static var kind: Self {
        Self("KIND", expected: Role.ofOwnMachines.map(\.word).joined(separator: ", ")) { word in
            Role.ofOwnMachines.first { $0.word == word }
        }
    }
}

extension Operand where Value == Instance {
    fileprivate static var name: Self { Self("NAME", expected: "the name in the town's file, such as gate-1") { Instance($0) } }
}

extension Option where Value == String {
    fileprivate static var parcel: Self {
        Self("--to", "FILE", "the file to make (default: USER.age, and USER.pem with --renew)", expected: "the path of a file") {
            $0.isEmpty ? nil : $0
        }
    }
    fileprivate static var folder: Self {
        Self("--to", "DIR", "the folder to make; it is not there yet, or empty", expected: "a folder") { $0.isEmpty ? nil : $0 }
    }
    fileprivate static var passphrase: Self {
        Self("--passphrase-file", "FILE", "where the passphrase stands (default: it is asked for)", expected: "the path of a file") {
            $0.isEmpty ? nil : $0
        }
    }
}

extension Flag {
    fileprivate static var renew: Self {
        Self("--renew", "only a new certificate for the key the machine has, when 180 days are left or less")
    }
    fileprivate static var codes: Self { Self("--codes", "a desk that gives codes for doors: with the key they are made from") }
}

extension Command {
    package static var provision: Command {
        Command(
            "provision", "KIND NAME", count: 2...2,
            summary: "one file with all that another machine needs, and the passphrase that opens it (機器の登録)",
            options: [
                Option<String>.parcel.shape, Flag.renew.shape, Flag.codes.shape, Option<String>.town.shape, Option<String>.data.shape,
            ],
            details: """
                Where the town's keys are, for somebody the town's file names. The passphrase is shown once; tell it to whoever fits the machine, on another way
                than the file. There: kazasu unpack FILE --to DIR, or without us: age -d FILE | tar x
                Kinds: \(Role.ofOwnMachines.map(\.word).joined(separator: ", ")).
                Example: kazasu provision agent gate-2
                """
        ) { arguments, console in
            let (role, name) = (try arguments.operand(0, .kind), try arguments.operand(1, .name))
            let townFile = try arguments.optional(.town) ?? "town.yaml"
            let town = try Town.load(path: townFile)
            let known = town.roster.instances[role] ?? []
            guard known.contains(name) else {
                let near = nearest(to: name.text, among: known.map(\.text)).map { " Did you mean \($0)?" } ?? ""
                throw Failure.refused(
                    "\(townFile) names no \(role.word) \(name).\(near) Add it there first, then: kazasu check \(townFile)")
            }
            guard role == .desk && town.doors.contains(where: \.hasKeypad) || !arguments.has(.codes) else {
                throw Failure.usage("--codes is for a desk, in a town with keypads. Leave it out.")
            }
            let data = DataFolder(try arguments.optional(.data) ?? "\(folder(of: townFile))/data")
            let credentials = Credentials(data: data, now: console.now(), progress: console.progress)
            let place = town.place(of: role, name)
            // Only where the town has started before: a second authority, made by mistake, would be believed by nobody.
            let made =
                try town.site(named: place).map { try credentials.complete(for: $0, of: town) } ?? credentials.completeExisting(for: town)
            for thing in made { console.note("made \(thing)") }
            let parcel = Parcel(
                town: town, townFile: absolute(townFile), data: data, role: role, instance: name, givesCodes: arguments.has(.codes))
            guard !arguments.has(.renew) else { return try renew(parcel, credentials, arguments, console) }
            let path = try arguments.optional(.parcel) ?? "\(parcel.user).age"
            let (passphrase, left) = try parcel.write(to: path)
            for thing in left { console.note(thing) }
            console.line("written: \(path), all that \(parcel.user) needs\npassphrase: \(passphrase)")
            console.note(
                "on that machine: kazasu unpack \(path.split(separator: "/").last ?? "") --to DIR. Delete \(path) here and there afterwards"
            )
            let restarted = place.map { "the station of \($0) again, with a new bundle if its town.yaml is older" } ?? "the town again"
            console.note("who is new in the town's file is known once it was started since: start \(restarted)")
            return .done
        }
    }

    /// A certificate is no secret, so its file needs no passphrase.
    private static func renew(_ parcel: Parcel, _ credentials: Credentials, _ arguments: Arguments, _ console: Console) throws -> ExitCode {
        let isNew = try credentials.renew(parcel.user, of: parcel.town)
        let files = parcel.data.certificate(of: parcel.user)
        let end = try endOfCertificate(files.certificate).day(parcel.town.offset)
        let path = try arguments.optional(.parcel) ?? "\(parcel.user).pem"
        try SecretFile.create(path, try readWhole(files.certificate))
        console.line("written: \(path), the \(isNew ? "new " : "")certificate of \(parcel.user), good until \(end)")
        if !isNew { console.note("it is the one there is: a new one is made from 180 days before the end on") }
        console.note(
            "on that machine it takes the place of data/certificates/\(parcel.user).pem; the key stays. Start the program there again")
        return .done
    }

    package static var unpack: Command {
        Command(
            "unpack", "FILE", count: 1...1, summary: "make the folder of a machine from what kazasu provision has written",
            options: [Option<String>.folder.shape, Option<String>.passphrase.shape],
            details: """
                The passphrase is asked for. It shows while it is typed: it is worth nothing once the file is deleted.
                Example: kazasu unpack agent-gate-2.age --to /var/lib/kazasu
                """
        ) { arguments, console in
            let destination = absolute(try arguments.required(.folder))
            let said: String?
            if let file = try arguments.optional(.passphrase) {
                said = String(decoding: try readWhole(file), as: UTF8.self).split(separator: "\n").first.map { String($0).trimmed }
            } else {
                said = try console.answer(to: "passphrase")
            }
            guard let said, !said.isEmpty else { throw Failure.refused("no passphrase was given. Nothing was written.") }
            let names = try Parcel.unpack(arguments.operands[0], passphrase: said.lowercased(), to: destination)
            console.line("\(destination): \(names.count) files")
            console.note("delete \(arguments.operands[0]) now")
            return .done
        }
    }
}
