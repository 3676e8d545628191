import Testing

@testable import Town

@Suite("Backups of a town's file")
struct BackupsFileTests {
    private func read(_ line: String) throws -> Town { try Town.read(Array((small + line + "\n").utf8), path: "/etc/kazasu/town.yaml") }

    @Test("Where they go, when, and how long they are kept")
    func whole() throws {
        #expect(try read("").backups == nil)
        let plain = try #require(try read("backups: { to: /mnt/backup/kazasu }").backups)
        #expect(plain.at == 180 && plain.days == 14 && plain.weeks == 8 && plain.months == 6)
        let all = try #require(
            try read("backups: { to: \"sftp:backup@nas:/kazasu\", at: \"23:30\", keep: { days: 30, weeks: 0 } }").backups)
        #expect(all.to == "sftp:backup@nas:/kazasu" && all.at == 1410 && all.days == 30 && all.weeks == 0 && all.months == 6)
    }

    @Test(
        "What cannot be is named, with what would do",
        arguments: [
            ("{}", "lacks \"to\""), ("{ to: kazasu }", "an absolute path"), ("{ to: \"ftp://nas/\" }", "an absolute path"),
            ("{ to: \"rest:https://user:secret@nas/\" }", "without a password in it"),
            ("{ to: /b, at: \"24:00\" }", "from \"00:00\" to \"23:59\""),
            ("{ to: /b, keep: { days: 0 } }", "from 1 to 400"), ("{ to: /b, every: day }", "no setting \"every\""),
        ])
    func mistakes(_ settings: String, _ advice: String) {
        #expect { try read("backups: \(settings)") } throws: { "\($0)".contains(advice) }
    }
}
