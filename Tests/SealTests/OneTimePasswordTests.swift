import Contracts
import Seal
import Testing

@Suite("One-time passwords")
struct OneTimePasswordTests {
    /// The secret of both RFCs.
    static let shared = OneTimePassword(secret: Array("12345678901234567890".utf8))
    private let now = Instant(milliseconds: 1_111_111_111_000)

    @Test("RFC 4226, appendix D")
    func counted() {
        let codes = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]
        #expect((0..<10).map(Self.shared.code) == codes)
    }

    @Test(
        "RFC 6238, appendix B: the last six of its eight digits",
        arguments: [
            (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"), (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"), (20_000_000_000, "65353130"),
        ])
    func timed(second: Int64, code: String) {
        let step = OneTimePassword.step(at: Instant(milliseconds: second * 1000))
        #expect(Self.shared.code(step) == code.suffix(6))
    }

    @Test("A code counts in its step and in the one before and behind, and nowhere else")
    func window() {
        let present = OneTimePassword.step(at: now)
        for step in present - 4...present + 4 {
            let accepted = Self.shared.step(of: Self.shared.code(step), at: now, after: nil)
            #expect(accepted == (abs(step - present) <= 1 ? step : nil), "\(step - present)")
        }
    }

    @Test("A step is accepted once, and after it none that is older")
    func once() {
        let present = OneTimePassword.step(at: now)
        let code = Self.shared.code(present)
        #expect(Self.shared.step(of: code, at: now, after: present - 1) == present)
        #expect(Self.shared.step(of: code, at: now, after: present) == nil)
        #expect(Self.shared.step(of: Self.shared.code(present - 1), at: now, after: present) == nil)
        #expect(Self.shared.step(of: Self.shared.code(present + 1), at: now, after: present) == present + 1)
    }

    @Test("It is read as people type it", arguments: ["050471", "050 471", " ０５０４７１", "050471\n"])
    func typed(text: String) { #expect(Self.shared.step(of: text, at: now, after: nil) != nil) }

    @Test("What is no code is none", arguments: ["", "50471", "0504710", "05047a", "-50471", "050472", "½50471", "十50471"])
    func unlike(text: String) { #expect(Self.shared.step(of: text, at: now, after: nil) == nil) }

    @Test("An app is given it as the Key Uri Format says, and a person in groups of four letters")
    func given() {
        #expect(
            Self.shared.uri(issuer: "長井市 taps", account: "sato")
                == "otpauth://totp/%E9%95%B7%E4%BA%95%E5%B8%82%20taps:sato?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                + "&issuer=%E9%95%B7%E4%BA%95%E5%B8%82%20taps&algorithm=SHA1&digits=6&period=30")
        #expect(Self.shared.typed == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ")
    }

    @Test("No log line spills it")
    func hidden() { #expect(!"\(Self.shared) \(String(reflecting: Self.shared))".contains("49, 50")) }
}
