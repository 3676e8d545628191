import Bus
import Contracts
import Glibc
import Launch
import Seal
import ServiceKit
import Testing
import Town

@testable import Kazasu

@Suite("What another machine is given")
struct ProvisionTests {
    private static let text = """
        town: nagai
        broker: { host: localhost, port: 8883 }
        card-applications:
          - { name: civic, aid: F04B415A4153550101, number-file: "0001", number-tag: C1, certificate-file: "0002", key: 17, issuer: cards/issuer.pem }
        token-keys: { current: 1 }
        agents:
          gate-1: { readers: { reader-1: { device: "Virtual", place: gym, purpose: "door:gym" } } }
          gate-2: { readers: { reader-1: { device: "Virtual", place: hall, purpose: "door:hall" } } }
        doors: { gym: { keypad: true, lease: { for: 7d } }, hall: {} }
        sites: { school: { agents: [gate-2], doors: [hall], broker: { host: localhost, port: 8884 } } }
        desks: [office]
        operators: [it-1]

        """

    /// A town that has its keys.
    private struct Made {
        let scratch = Scratch()
        let recorder = Recorder()
        let data: DataFolder
        var folder: String { scratch.path + "/town" }

        init(now: Instant = wallClock()) throws {
            mkdir(scratch.path + "/town", 0o700)
            mkdir(scratch.path + "/town/cards", 0o700)
            write(ProvisionTests.text, to: scratch.path + "/town/town.yaml")
            write("-----BEGIN CERTIFICATE-----\n", to: scratch.path + "/town/cards/issuer.pem")
            data = DataFolder(scratch.path + "/town/data")
            _ = try data.prepare(try Town.load(path: scratch.path + "/town/town.yaml"), port: 8883, now: now)
        }

        func run(_ words: String..., typing lines: [String] = [], now: Instant = wallClock()) -> ExitCode {
            (recorder.out, recorder.err, recorder.input) = ("", "", lines)
            var console = recorder.console()
            console.now = { now }
            return Kazasu(commands: Kazasu.commands, console: console).run(words)
        }

        func provision(_ kind: String, _ name: String, _ more: String...) -> ExitCode {
            let words = ["provision", kind, name, "--town", folder + "/town.yaml", "--to", parcel] + more
            (recorder.out, recorder.err) = ("", "")
            return Kazasu(commands: Kazasu.commands, console: recorder.console()).run(words)
        }

        var parcel: String { scratch.path + "/parcel" }
        /// As it was shown.
        var passphrase: String { recorder.out.split(separator: "passphrase: ").last.map { String($0.dropLast()) } ?? "" }
        /// All that is there, folders left out.
        func files(_ folder: String) -> [String] {
            let listed = scratch.path + "/listed"
            _ = shell("cd \(folder) && find . -type f | sort >\(listed)")
            return read(listed).split(separator: "\n").map { String($0.dropFirst(2)) }
        }
    }

    private static func pair(_ user: String) -> [String] {
        ["data/ca/authority.pem", "data/certificates/\(user).key", "data/certificates/\(user).pem"]
    }

    private static let kinds: [(kind: String, name: String, options: [String], files: [String])] = [
        ("agent", "gate-1", [], pair("agent-gate-1") + ["data/keys/token-1.key", "cards/issuer.pem", "town.yaml"]),
        ("agent", "gate-2", [], pair("agent-gate-2") + ["data/keys/token-1.key", "cards/issuer.pem", "town.yaml"]),
        ("lock", "gym", [], pair("lock-gym") + ["data/keys/door-gym.key", "data/keys/grant.pub"]),
        ("lock", "hall", [], pair("lock-hall") + ["data/keys/grant.pub"]),
        ("keypad", "gym", [], pair("keypad-gym") + ["data/keys/keypad-gym.key"]),
        ("desk", "office", [], pair("desk-office") + ["cards/issuer.pem", "town.yaml"]),
        ("desk", "office", ["--codes"], pair("desk-office") + ["data/keys/code.key", "cards/issuer.pem", "town.yaml"]),
        ("operator", "it-1", [], pair("operator-it-1") + ["cards/issuer.pem", "town.yaml"]),
    ]

    @Test("Each kind gets what it needs, and nothing of others")
    func contents() throws {
        let made = try Made()
        let there = made.scratch.path + "/there"
        for (kind, name, options, files) in Self.kinds {
            let words = ["provision", kind, name, "--town", made.folder + "/town.yaml", "--to", made.parcel] + options
            (made.recorder.out, made.recorder.err) = ("", "")
            #expect(Kazasu(commands: Kazasu.commands, console: made.recorder.console()).run(words) == .done, "\(made.recorder.err)")
            let passphrase = made.passphrase
            #expect(
                made.run("unpack", made.parcel, "--to", there, typing: [passphrase.uppercased() + " "]) == .done, "\(made.recorder.err)")
            #expect(made.files(there).sorted() == files.sorted())
            for file in files {
                var status = stat()
                #expect(stat("\(there)/\(file)", &status) == 0 && status.st_mode & 0o777 == 0o600, "\(file)")
                // A site's locks believe its own lock-controller.
                let isOfSite = file == "data/keys/grant.pub" && name == "hall"
                let origin = isOfSite ? made.data.grantKey(of: "school").shown : "\(made.folder)/\(file)"
                #expect(read("\(there)/\(file)") == read(origin), "\(kind) \(name): \(file)")
            }
            try removeAll(there)
            try removeAll(made.parcel)
        }
    }

    @Test("A wrong passphrase is one sentence, and nothing is written; a folder that is there is not touched; a parcel is not written over")
    func refused() throws {
        let made = try Made()
        #expect(made.provision("agent", "gate-1") == .done, "\(made.recorder.err)")
        let passphrase = made.passphrase
        let there = made.scratch.path + "/there"
        #expect(made.run("unpack", made.parcel, "--to", there, typing: ["abcde-fghij-klmno-pqrst"]) == .refused)
        #expect(made.recorder.err == "kazasu: that is not the passphrase of \(made.parcel). Nothing was written.\n")
        #expect(made.run("unpack", made.parcel, "--to", there) == .refused, "nobody answers")
        #expect(made.files(made.scratch.path).allSatisfy { !$0.hasPrefix("there") })
        mkdir(there, 0o700)
        write("mine", to: "\(there)/keep")
        #expect(made.run("unpack", made.parcel, "--to", there, typing: [passphrase]) == .refused)
        #expect(made.recorder.err.contains("is not written over"), "\(made.recorder.err)")
        #expect(made.files(there) == ["keep"])
        unlink("\(there)/keep")
        write(passphrase + "\n", to: made.scratch.path + "/said")
        #expect(
            made.run("unpack", made.parcel, "--to", there, "--passphrase-file", made.scratch.path + "/said") == .done, "an empty folder")
        #expect(made.provision("agent", "gate-1") == .refused, "the parcel is there")
        #expect(made.provision("agent", "gate-3") == .refused)
        #expect(made.recorder.err.contains("names no agent gate-3. Did you mean gate-1?"), "\(made.recorder.err)")
        #expect(made.provision("lock-controller", "main") == .usage)
        #expect(made.run("unpack", made.folder + "/town.yaml", "--to", there + "-2", typing: [passphrase]) == .refused)
        #expect(made.recorder.err.contains("is not a parcel"), "\(made.recorder.err)")
    }

    @Test("No certificates are made where the town's keys are not")
    func elsewhere() throws {
        let made = try Made()
        let empty = made.scratch.path + "/empty"
        #expect(made.provision("agent", "gate-1", "--data", empty) == .refused)
        #expect(made.recorder.err.contains("has not the town's keys"), "\(made.recorder.err)")
        #expect(!exists(empty))
    }

    @Test(
        "What would leave its folder, or is no plain file, is not unpacked",
        arguments: ["/etc/passwd", "../out", "a/../../out", "a//b", "./a", ""])
    func escaping(path: String) throws {
        #expect(Archive(try Archive([.init(path: path, bytes: [1])]).bytes()) == nil)
        var link = try Archive([.init(path: "a", bytes: [])]).bytes()
        link[156] = UInt8(ascii: "2")
        #expect(Archive(link) == nil)
    }

    @Test("Whatever bytes an archive has, what is taken from it stays in its folder", arguments: 0..<20 as Range<UInt64>)
    func anyBytes(seed: UInt64) throws {
        var chance = Chance(seed: seed)
        let whole = try Archive([.init(path: "data/a", bytes: [1, 2, 3]), .init(path: "b", bytes: [UInt8](repeating: 7, count: 700))])
            .bytes()
        for _ in 0..<100 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...4, using: &chance) {
                bytes[Int.random(in: 0..<bytes.count, using: &chance)] = [0, 46, 47, 48, 55, 255].randomElement(using: &chance) ?? 0
            }
            bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &chance)))
            for file in Archive(bytes)?.files ?? [] {
                #expect(!file.path.hasPrefix("/") && !file.path.split(separator: "/").contains(".."), "seed \(seed): \(file.path)")
                #expect(file.bytes.count <= bytes.count)
            }
        }
    }

    @Test("tar reads what is in a parcel")
    func tar() throws {
        let scratch = Scratch()
        let archive = Archive([.init(path: "a/b", bytes: Array("one".utf8)), .init(path: "c", bytes: [UInt8](repeating: 65, count: 1024))])
        try SecretFile.create("\(scratch.path)/x.tar", archive.bytes())
        #expect(run(["/bin/tar", "-xf", "\(scratch.path)/x.tar", "-C", scratch.path]) == 0)
        #expect(read("\(scratch.path)/a/b") == "one" && read("\(scratch.path)/c").count == 1024)
        #expect(run(["/bin/tar", "--format=ustar", "-cf", "\(scratch.path)/y.tar", "-C", scratch.path, "a/b", "c"]) == 0)
        #expect(Archive(try readWhole("\(scratch.path)/y.tar")) == archive)
    }
}

/// Where `run` is a method.
private func shell(_ command: String) -> Int32 { run(["/bin/sh", "-c", command]) }

/// Beside the C function of that name.
private func removeAll(_ path: String) throws { #expect(shell("rm -rf \(path)") == 0) }
