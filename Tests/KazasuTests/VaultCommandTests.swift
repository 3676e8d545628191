import Contracts
import Glibc
import Launch
import Seal
import Testing

@testable import Kazasu

@Suite("kazasu vault: the keys personal data lies under")
struct VaultCommandTests {
    private let clerk = Clerk(more: "shelter-desks: [headquarters]")
    private var path: String { clerk.scratch.path + "/data/keys/vault.key" }

    init() throws {
        mkdir(clerk.scratch.path + "/data/keys", 0o700)
        try Vault.create(at: path)
        for ending in ["pem", "key"] { write("", to: "\(clerk.scratch.path)/data/certificates/operator-supervisor.\(ending)") }
        clerk.directory.processes.append(Address("shelter-registry", "main"))
        directory(seals: 1, left: 0)
        registry(seals: 1, left: 0)
    }

    private func registry(seals key: Int64, left: Int64) {
        clerk.directory.others["shelter-registry"] = [VaultCounter.key: key, VaultCounter.left: left]
    }

    private func directory(seals key: Int64, left: Int64) {
        clerk.directory.counters = [VaultCounter.key: key, VaultCounter.left: left]
    }

    private func keys() throws -> [Int] { try Vault.load(file: path).keyNumbers }

    @Test("A key is added, the directory started again, and the old key goes when nothing lies under it any more, not before")
    func change() throws {
        #expect(clerk.run("vault", "retire", "1") == .refused)
        #expect(clerk.err.contains("v1 is the newest key. Add another one first"), "\(clerk.err)")
        #expect(clerk.run("vault", "add-key") == .done, "\(clerk.err)")
        #expect(try keys() == [1, 2] && clerk.err.contains("start the town again"), "\(clerk.err)")

        #expect(clerk.run("vault", "retire", "1") == .refused, "it seals under that key still")
        #expect(clerk.err.contains("still seals under v1"), "\(clerk.err)")
        directory(seals: 2, left: 12_345)
        registry(seals: 2, left: 0)
        #expect(clerk.run("vault", "retire", "v1") == .refused)
        #expect(clerk.err.contains("12345 rows still lie under older keys"), "\(clerk.err)")
        clerk.directory.counters = [:]
        #expect(clerk.run("vault", "retire", "1") == .refused, "nobody knows")
        let all = clerk.directory.processes
        clerk.directory.processes = []
        #expect(clerk.run("vault", "retire", "1") == .refused)
        #expect(clerk.err.contains("resident-directory main does not run"), "\(clerk.err)")

        // What another service keeps is lost as well.
        clerk.directory.processes = all
        directory(seals: 2, left: 0)
        registry(seals: 1, left: 0)
        #expect(clerk.run("vault", "retire", "1") == .refused)
        #expect(clerk.err.contains("shelter-registry main still seals under v1"), "\(clerk.err)")
        registry(seals: 2, left: 3)
        #expect(clerk.run("vault", "retire", "1") == .refused)
        #expect(clerk.err.contains("3 rows still lie"), "\(clerk.err)")
        clerk.directory.processes = all.filter { $0.program != "shelter-registry" }
        #expect(clerk.run("vault", "retire", "1") == .refused)
        #expect(clerk.err.contains("shelter-registry main does not run"), "\(clerk.err)")
        #expect(try keys() == [1, 2])

        clerk.directory.processes = all
        registry(seals: 2, left: 0)
        #expect(clerk.run("vault", "retire", "7") == .refused)
        #expect(clerk.err.contains("there is no key v7 in the file. Keys: v1, v2."), "\(clerk.err)")
        #expect(clerk.run("vault", "retire", "1", typing: ["n"], atTerminal: true) == .refused)
        #expect(try keys() == [1, 2])
        #expect(clerk.run("vault", "retire", "1", typing: ["y"], atTerminal: true) == .done, "\(clerk.err)")
        #expect(try keys() == [2])
    }

    @Test("The status tells the keys, what is left under older ones, whosever it is, and the next step; nothing of a key itself")
    func status() throws {
        try Vault.addKey(file: path)
        directory(seals: 2, left: 7)
        registry(seals: 2, left: 0)
        #expect(clerk.run("vault", "status") == .done, "\(clerk.err)")
        #expect(
            clerk.out.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") } == [
                "keys v1, v2", "resident-directory main seals under v2 7 rows under older keys",
                "shelter-registry main seals under v2 0 rows under older keys",
            ], "\(clerk.out)")
        directory(seals: 2, left: 0)
        #expect(clerk.run("vault", "status", "--json") == .done)
        #expect(clerk.out.contains("{\"name\":\"shelter-registry main\",\"rowsUnderOlderKeys\":0,\"sealing\":2}"), "\(clerk.out)")
        #expect(clerk.err == "kazasu: nothing lies under v1 any more: kazasu vault retire 1\n", "\(clerk.err)")
        clerk.directory.processes = []
        #expect(clerk.run("vault", "status") == .unknown)
        #expect(clerk.out.contains("not known") && clerk.err.contains("does not run"), "\(clerk.err)")
    }

    @Test("On a machine without the key nothing is made, and the sentence names the file")
    func elsewhere() {
        unlink(path)
        for words in [["vault", "status"], ["vault", "add-key"]] {
            #expect(clerk.run(words[0], words[1]) == .refused)
            #expect(clerk.err.contains(path), "\(clerk.err)")
        }
        #expect(read(path).isEmpty)
    }
}
