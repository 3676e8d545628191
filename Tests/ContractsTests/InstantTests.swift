import Contracts
import Harness
import Testing

@Suite("Moments as RFC 3339 text")
struct InstantTests {
    @Test(
        "Known moments",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1970-01-01T09:00:00+09:00", 0), ("1969-12-31T23:59:59.999Z", -1),
            ("2026-11-21T08:00:00.123+09:00", 1_795_215_600_123),
            ("2000-02-29T00:00:00Z", 951_782_400_000), ("1900-03-01T00:00:00Z", -2_203_891_200_000),
            ("2100-02-28T23:59:59Z", 4_107_542_399_000),
            ("2016-12-31T23:59:60Z", 1_483_228_800_000), ("2026-11-21t08:00:00z", 1_795_248_000_000),
            ("2026-11-21T08:00:00.1239999Z", 1_795_248_000_123),
            ("2026-11-21T08:00:00.1Z", 1_795_248_000_100), ("2026-11-20T17:00:00-14:00", 1_795_244_400_000),
            ("2026-11-21T08:00:00-00:00", 1_795_248_000_000),
        ] as [(String, Int64)])
    func known(text: String, milliseconds: Int64) { #expect(Instant(rfc3339: text)?.milliseconds == milliseconds) }

    @Test(
        "What is no time with an offset is refused",
        arguments: [
            "", "2026", "2026-11-21", "2026-11-21T08:00:00", "2026-11-21 08:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
            "2026-11-00T00:00:00Z",
            "2026-11-31T00:00:00Z", "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T08:60:00Z",
            "2026-11-21T08:00:61Z",
            "2026-11-21T08:00:00.Z", "2026-11-21T08:00:00+9:00", "2026-11-21T08:00:00+0900", "2026-11-21T08:00:00+14:01",
            "2026-11-21T08:00:00+09:60",
            "2026-11-21T08:00:00Z ", " 2026-11-21T08:00:00Z", "2026-11-21T08:00:00ZZ", "２026-11-21T08:00:00Z", "+026-11-21T08:00:00Z",
            "-026-11-21T08:00:00Z",
            "12026-11-21T08:00:00Z", "2026-11-21T08:00:00.123456789012345678901234567890", "2026-11-21T08:00:00é", "2026-1１-21T08:00:00Z",
            // They could not be written again in every offset.
            "0000-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "9998-12-31T23:59:59-14:00",
        ])
    func notTime(text: String) { #expect(Instant(rfc3339: text) == nil) }

    @Test("Written and read again it is the same moment, in every offset", arguments: 0..<20)
    func roundTrip(seed: UInt64) throws {
        var chance = Seeded(seed)
        for _ in 0..<500 {
            // Years 1900 to 2190.
            let instant = Instant(milliseconds: Int64(chance.next() % 9_151_488_000_000) - 2_208_988_800_000)
            let offset = try #require(UTCOffset(minutes: chance.below(28 * 60 + 1) - 14 * 60))
            let text = instant.rfc3339(offset)
            #expect(text.utf8.count == 29)
            #expect(Instant(rfc3339: text) == instant)
        }
    }

    @Test(
        "Whatever time is read can be written in every offset and read again",
        arguments: ["0001-01-01T00:00:00Z", "9998-12-31T23:59:59.999Z", "0000-12-31T10:00:00-14:00", "9999-01-01T13:59:59+14:00"])
    func edges(text: String) throws {
        let instant = try #require(Instant(rfc3339: text))
        for minutes in [-840, 0, 540, 840] {
            let written = instant.rfc3339(try #require(UTCOffset(minutes: minutes)))
            #expect(written.utf8.count == 29)
            #expect(Instant(rfc3339: written) == instant, "\(written)")
        }
    }

    @Test("Offsets are hours and minutes up to 14:00")
    func offsets() {
        #expect(UTCOffset("+09:00") == .japan)
        #expect(UTCOffset("-03:30")?.minutes == -210)
        for text in ["", "09:00", "+9:00", "+09:0", "+14:01", "-15:00", "+09:60", "+0é:0", "+09:00 ", "Z"] {
            #expect(UTCOffset(text) == nil)
        }
    }

    @Test("Durations count whole milliseconds", arguments: [(1_000_000, 1000), (-1_500_000, -1500), (1999, 1), (0, 0)] as [(Int64, Int64)])
    func durations(microseconds: Int64, milliseconds: Int64) { #expect(Duration.microseconds(microseconds).milliseconds == milliseconds) }
}
