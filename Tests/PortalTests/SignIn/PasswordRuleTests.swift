import Testing

@testable import Portal

@Suite("Which passwords can be chosen")
struct PasswordRuleTests {
    private let names = ["sato", "佐藤", "nagai", "kazasu"]

    @Test(
        "Long ones, of whatever characters",
        arguments: [
            "blue umbrella on a Tuesday", "xk7vqpw2mhtd", "雨の火曜日に青い傘をさす人", "🌧️ umbrella rain", "sato likes old pianos",
            "tessellating-otters", String(repeating: "xk7vqpw2", count: 16),
        ])
    func chosen(password: String) { #expect(flaw(of: password, names: names) == nil) }

    @Test(
        "What is guessed first is refused, and why is said",
        arguments: [
            ("", PasswordFlaw.tooShort), ("xk7vqpw2mht", .tooShort), ("雨の火曜日に青い傘", .tooShort),
            (String(repeating: "xk7vqpw2", count: 16) + "m", .tooLong), ("password1234", .tooCommon), ("PassWord1234!", .tooCommon),
            ("qwertyuiop123456", .tooCommon), ("1q2w3e4r5t6y", .tooCommon), ("aaaaaaaaaaaa", .tooCommon), ("xyxyxyxyxyxy", .tooCommon),
            ("sakura-sakura-sakura", .tooCommon), ("satosatosatosato", .holdsNames), ("Kazasu-Nagai-1", .holdsNames),
            ("佐藤佐藤佐藤佐藤佐藤佐藤", .holdsNames), ("nagai-password-7", .tooCommon),
        ])
    func refused(password: String, why: PasswordFlaw) { #expect(flaw(of: password, names: names) == why) }

    @Test("The words that everybody tries are few and written small")
    func words() {
        #expect(commonPasswords.count <= 200)
        #expect(Set(commonPasswords).count == commonPasswords.count)
        #expect(commonPasswords.allSatisfy { $0 == $0.lowercased() && $0.utf8.count >= 3 })
    }

    @Test(
        "An input method that was left on makes no other password", arguments: [("ａＢ１！", "aB1!"), ("　a　b　", "a b"), ("", ""), ("あｱ", "あｱ")])
    func typed(text: String, meant: String) { #expect(text.typed == meant) }
}
