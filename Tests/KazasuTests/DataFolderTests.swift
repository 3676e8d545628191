import Contracts
import Glibc
import Kazasu
import Launch
import ServiceKit
import Testing
import Town

@Suite("The data folder")
struct DataFolderTests {
    private let scratch = Scratch()
    private var data: DataFolder { DataFolder(scratch.path + "/data") }

    @Test("The first start makes what is needed, for this user alone")
    func first() throws {
        let made = try data.prepare(town(), port: 8883, now: wallClock())
        #expect(made.count == 6, "\(made)")
        for secret in [
            data.authority.key, data.grantKey, data.tokenKey(1), data.vaultKey, data.certificate(of: "desk-office").key,
            data.brokerCertificate(host: "localhost").key,
        ] {
            #expect(mode(secret) == 0o600, "\(secret)")
        }
        for folder in ["", "/ca", "/certificates", "/keys", "/broker", "/state", "/log"] {
            #expect(mode(data.root + folder) == 0o700, "\(folder)")
        }
        #expect(data.lastPort == 8883)
    }

    @Test("The second start changes no key and no certificate")
    func second() throws {
        _ = try data.prepare(town(), port: 8883, now: wallClock())
        let before = files()
        let made = try data.prepare(town(), port: 8884, now: wallClock())
        #expect(made.isEmpty, "\(made)")
        #expect(files() == before)
        #expect(before.count == 19)
        #expect(data.lastPort == 8884)
    }

    @Test("A door that is new in the town's file gets a user and rights, and nothing else changes")
    func newDoor() throws {
        _ = try data.prepare(town(), port: 8883, now: wallClock())
        let before = files()
        #expect(!read(data.accessControl).contains("user lock-hall"))
        let made = try data.prepare(town(doors: ["gym", "hall"]), port: 8883, now: wallClock())
        #expect(made == ["certificates for 1 user: lock-hall"])
        #expect(read(data.accessControl).contains("\nuser lock-hall\n"))
        for (path, text) in before { #expect(read(path) == text, "\(path)") }
    }

    @Test("A key whose certificate never came to be is replaced; a crash leaves no broken pair")
    func halfPair() throws {
        _ = try data.prepare(town(), port: 8883, now: wallClock())
        let pair = data.certificate(of: "lock-gym")
        let key = read(pair.key)
        unlink(pair.certificate)
        #expect(try data.prepare(town(), port: 8883, now: wallClock()) == ["certificates for 1 user: lock-gym"])
        #expect(read(pair.key) != key)
        #expect(read(pair.certificate).hasPrefix("-----BEGIN CERTIFICATE"))
    }

    @Test("A new token key is made beside the former one, which stays as it is; a former one that is gone is not made up")
    func newTokenKey() throws {
        _ = try data.prepare(town(), port: 8883, now: wallClock())
        let before = read(data.tokenKey(1))
        var changing = try town()
        (changing.tokenKeys.current, changing.tokenKeys.former) = (2, 1)
        #expect(try data.prepare(changing, port: 8883, now: wallClock()) == ["token key 2"])
        #expect(read(data.tokenKey(1)) == before && read(data.tokenKey(2)).hasPrefix("k2 ") && mode(data.tokenKey(2)) == 0o600)
        unlink(data.tokenKey(1))
        #expect(try data.prepare(changing, port: 8883, now: wallClock()) == [])
        #expect(read(data.tokenKey(1)) == "")
    }

    private func mode(_ path: String) -> UInt32 {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
    }

    /// Everything that must stay as it is.
    private func files() -> [String: String] {
        let pairs = ["agent-gate-1", "lock-controller-main", "lock-gym", "desk-office", "operator-it-1", "operator-supervisor"].compactMap {
            UserID($0)
        }
        let certificates = pairs.map(data.certificate) + [data.authority, data.brokerCertificate(host: "localhost")]
        let paths = certificates.flatMap { [$0.certificate, $0.key] } + [data.grantKey, data.tokenKey(1), data.vaultKey]
        return Dictionary(uniqueKeysWithValues: paths.map { ($0, read($0)) })
    }
}
