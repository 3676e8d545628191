import Glibc
import RealParts
import Seal
import Testing

@Suite("Secrets are files for their owner alone, whole or absent")
struct SecretFileTests {
    @Test("A created secret has mode 0600, reads back, and leaves nothing else behind")
    func create() throws {
        let scratch = try Scratch()
        try SecretFile.create(scratch.file("secret"), [1, 2, 3])
        #expect(scratch.mode("secret") == 0o600)
        #expect(try SecretFile.read(scratch.file("secret")) == [1, 2, 3])
        #expect(scratch.names == ["secret"])
    }

    /// The umask is one for the whole process, so it is changed for a moment only and to the stricter side.
    @Test("A file that is for everyone is so under a strict umask too")
    func umasked() throws {
        let scratch = try Scratch()
        let key = try SigningKey.generate().verifyingKey
        let before = umask(0o077)
        defer { umask(before) }
        try key.save(file: scratch.file("public"))
        #expect(scratch.mode("public") == 0o644)
    }

    @Test("Creating never replaces; replacing does, and an open file becomes a closed one")
    func replace() throws {
        let scratch = try Scratch()
        let path = try scratch.write([1], to: "secret", mode: 0o644)
        #expect(throws: SealError.exists(path: path)) { try SecretFile.create(path, [2]) }
        #expect(scratch.names == ["secret"])
        try SecretFile.replace(path, [3])
        #expect(try SecretFile.read(path) == [3])
        #expect(scratch.mode("secret") == 0o600)
        #expect(scratch.names == ["secret"])
    }

    @Test(
        "Any right of group or others is refused with the command that helps",
        arguments: [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o644, 0o777])
    func exposed(mode: mode_t) throws {
        let scratch = try Scratch()
        let path = try scratch.write([1], to: "secret", mode: mode)
        #expect(throws: SealError.exposed(path: path, mode: mode)) { try SecretFile.read(path) }
        #expect(SealError.exposed(path: path, mode: mode).description.contains("chmod 600 \(path)"))
    }

    @Test("Owner's rights alone are enough", arguments: [0o600, 0o400, 0o700])
    func closed(mode: mode_t) throws {
        let scratch = try Scratch()
        #expect(try SecretFile.read(scratch.write([1], to: "secret", mode: mode)) == [1])
    }

    @Test("64 KiB are read, one byte more is refused")
    func limit() throws {
        let scratch = try Scratch()
        let whole = [UInt8](repeating: 7, count: 65536)
        #expect(try SecretFile.read(scratch.write(whole, to: "whole")) == whole)
        let long = try scratch.write(whole + [7], to: "long")
        #expect(throws: SealError.file(path: long, doing: "read", reason: "it is longer than 65536 bytes")) { try SecretFile.read(long) }
    }

    @Test("A folder, a pipe nobody writes to, and nothing at all are refused without waiting")
    func otherThings() throws {
        let scratch = try Scratch()
        #expect(throws: SealError.self) { try SecretFile.read(scratch.path) }
        #expect(mkfifo(scratch.file("pipe"), 0o600) == 0)
        #expect(throws: SealError.file(path: scratch.file("pipe"), doing: "read", reason: "it is not a regular file")) {
            try SecretFile.read(scratch.file("pipe"))
        }
        #expect(throws: SealError.file(path: scratch.file("no"), doing: "open", reason: "No such file or directory")) {
            try SecretFile.read(scratch.file("no"))
        }
        #expect(throws: SealError.self) { try SecretFile.create(scratch.file("no/secret"), [1]) }
    }
}
