import Contracts
import Harness
import Post
import Testing

@testable import Notifier

/// Whether addresses still work, known before it matters.
@Suite struct ProbingTests {
    @Test("Each address gets one test message a month, spread over four weeks, and none after a restart")
    func month() throws {
        var policy = TestNotices.policy
        policy.probes = true
        let town = try TestNotices(policy)
        for number in 1...60 { try town.learnGuardian(number) }
        try town.go(to: "12:00", day: "2026-12-15", step: .seconds(3600))
        let before = town.mails.count
        try town.restart()
        try town.go(to: "12:00", day: "2026-12-31", step: .seconds(3600))
        let december = town.mails.filter { $0.subject.contains("12月の配信テスト") }
        #expect(december.count == 60 && Set(december.map(\.to)).count == 60)
        #expect(
            (10..<50).contains(before - town.mails.count(where: { $0.subject.contains("11月") })), "half of them by the middle of the month")
        try town.go(to: "12:00", day: "2027-01-28", step: .seconds(3600))
        #expect(town.mails.count { $0.subject == "【長井市】1月の配信テスト" } == 60)
    }

    @Test("An address that was dead is alive again when the test message arrives there")
    func revived() throws {
        let town = try TestNotices()
        try town.learn(1) { $0.channels = [Reach(.mail, "one@mail.example")] }
        town.answer = { _ in .unreachable }
        #expect(try town.ask(.probeAddresses, ProbeAddresses(.person(1))).answer?.addresses == 1)
        #expect(try town.ask(.listUnreached, ListUnreached()).answer?.people.map(\.person) == [.person(1)])
        try town.pass(.seconds(86_400), step: .seconds(3600))
        #expect(
            try town.ask(.listUnreached, ListUnreached()).answer?.people.first?.since == Rig<Notifier>.morning, "since when, not until when"
        )
        town.answer = { _ in .accepted }
        #expect(try town.ask(.probeAddresses, ProbeAddresses(.person(1))).accepted)
        #expect(try town.ask(.listUnreached, ListUnreached()).answer?.people.isEmpty == true)
        #expect(try town.ask(.probeAddresses, ProbeAddresses(.person(2))).refusal == "no-address")
    }
}
