import Contracts
import Glibc
import Seal
import Town

extension Option where Value == String {
    fileprivate static var bundle: Self {
        Self("--to", "FILE.tar.gz", "the new file (default: kazasu-support-DAY.tar.gz here)", expected: "the path of a file") {
            $0.isEmpty ? nil : $0
        }
    }
}

extension Command {
    package static var support: Command {
        Command(
            "support", summary: "what whoever helps you needs to know, in one file, without personal data",
            options: [Option.bundle.shape] + Station.options,
            details: """
                What doctor and health say, the bones of the town's file, the broker's settings, the last lines of the log, sizes, and counts of rows. Names,
                addresses, telephone numbers, hosts and tokens are taken out; README.txt in it says what is left. Give it where the town's data are.
                """
        ) { arguments, console in
            let station = try Station(arguments, console)
            let day = console.now().day(station.town.offset)
            let path = try arguments.optional(.bundle) ?? "kazasu-support-\(day).tar.gz"
            guard !exists(path) else { throw Failure.refused("\(path) is there already. Name another file with --to.") }
            let bundle = SupportBundle(station: station, examination: try station.examination(in: .en, console), programs: console.programs)
            try console.write(try packed(bundle.files()), to: path, "to be looked through before it is sent")
            return .done
        }
    }

    /// A folder of these files, packed by tar(1). No user of this machine is named in it.
    private static func packed(_ files: [(name: String, text: String)]) throws -> [UInt8] {
        var template = Array("/tmp/kazasu-support-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Failure.refused("no folder can be made in /tmp: \(String(cString: strerror(errno))).")
        }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { try? remove(folder) }
        guard mkdir("\(folder)/kazasu-support", 0o700) == 0 else { throw Failure.refused("\(folder) cannot be written.") }
        for (name, text) in files { try SecretFile.create("\(folder)/kazasu-support/\(name)", Array(text.utf8)) }
        guard let tar = Programs.find("tar") else { throw Failure.refused("tar is not installed. Install it: sudo apt-get install tar") }
        let words = ["-C", folder, "--owner=0", "--group=0", "--numeric-owner", "-czf", "\(folder)/bundle", "kazasu-support"]
        let ended = try runToEnd(ChildSpec("tar", .service, program: tar, arguments: words))
        guard ended.code == 0 else { throw Failure.refused("tar has failed: \(ended.lastWords)") }
        return try readWhole("\(folder)/bundle")
    }
}
