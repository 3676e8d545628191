import Seal
import Testing

@Suite("Signed messages are believed exactly when they should be")
struct JWSTests {
    let key: SigningKey
    var keys: [String: VerifyingKey] { [key.kid: key.verifyingKey] }
    let payload = Array(#"{"door":"gym","exp":1}"#.utf8)

    init() throws { key = try SigningKey.generate() }

    /// RFC 8037 Appendix A.1, A.2, A.4. Its header has neither kid nor typ, so the parts are checked one by one.
    @Test("RFC 8037 Appendix A.4: the signature is made and verified")
    func appendixA4() throws {
        let key = try SigningKey(seed: #require(Base64URL.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A".utf8)))
        #expect(Base64URL.text(key.verifyingKey.raw) == "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
        let message = "\(Base64URL.text(#"{"alg":"EdDSA"}"#.utf8)).\(Base64URL.text("Example of Ed25519 signing".utf8))"
        #expect(message == "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc")
        let signature = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
        #expect(Base64URL.text(key.sign(Array(message.utf8))) == signature)
        #expect(key.verifyingKey.verify(try #require(Base64URL.decode(signature.utf8)), of: Array(message.utf8)))
        // As a whole it is refused, for it names no key and no type.
        #expect(
            JWS.open(Array("\(message).\(signature)".utf8), keys: [key.kid: key.verifyingKey], type: "grant+jwt")
                == .failure(.wrongType(nil, expected: "grant+jwt")))
    }

    @Test("A signed message has the header in this order and opens to its payload")
    func opens() throws {
        let compact = JWS.sign(payload: payload, type: "grant+jwt", with: key)
        let parts = compact.split(separator: UInt8(ascii: "."))
        #expect(Base64URL.decode(parts[0]) == Array(#"{"alg":"EdDSA","kid":"\#(key.kid)","typ":"grant+jwt"}"#.utf8))
        #expect(JWS.open(compact, keys: keys, type: "grant+jwt") == .success(payload))
        #expect(JWS.open(JWS.sign(payload: [], type: "x", with: key), keys: keys, type: "x") == .success([]))
    }

    @Test("One changed byte anywhere is noticed, whatever it becomes")
    func tampered() {
        let compact = JWS.sign(payload: payload, type: "grant+jwt", with: key)
        for index in compact.indices {
            for replacement in [compact[index] ^ 1, UInt8(ascii: "A"), UInt8(ascii: "."), UInt8(ascii: "="), 0]
            where replacement != compact[index] {
                var wrong = compact
                wrong[index] = replacement
                #expect(throws: JWSError.self, "byte \(index) as \(replacement)") {
                    try JWS.open(wrong, keys: keys, type: "grant+jwt").get()
                }
            }
        }
    }

    @Test("Cut short anywhere or made longer, it is refused")
    func cut() {
        let compact = JWS.sign(payload: payload, type: "grant+jwt", with: key)
        for length in compact.indices {
            #expect(throws: JWSError.self) { try JWS.open(Array(compact[..<length]), keys: keys, type: "grant+jwt").get() }
        }
        #expect(throws: JWSError.self) { try JWS.open(compact + [UInt8(ascii: "A")], keys: keys, type: "grant+jwt").get() }
        #expect(throws: JWSError.self) { try JWS.open(compact + [UInt8(ascii: "\n")], keys: keys, type: "grant+jwt").get() }
    }

    /// Each header is correctly signed by a known key, so nothing but the rule itself can refuse it.
    @Test("Every header that is not ours is refused for its own reason, even rightly signed", arguments: Refused.allCases)
    func refused(_ what: Refused) {
        let (header, reason) = what.headerAndReason(kid: key.kid)
        #expect(JWS.open(compact(header: header), keys: keys, type: "grant+jwt") == .failure(reason))
        #expect(reason.description.hasSuffix(".") && reason.description.count > 30)
    }

    enum Refused: CaseIterable {
        case none, hmac, lowerCase, noAlgorithm, numberAlgorithm, array, rubbish, critical, emptyCritical, nullCritical, unknownKey, noKey,
            wrongType, noType, twoSpaces

        func headerAndReason(kid: String) -> (String, JWSError) {
            let rest = #""kid":"\#(kid)","typ":"grant+jwt""#
            return switch self {
            case .none: (#"{"alg":"none",\#(rest)}"#, .wrongAlgorithm("none"))
            case .hmac: (#"{"alg":"HS256",\#(rest)}"#, .wrongAlgorithm("HS256"))
            case .lowerCase: (#"{"alg":"eddsa",\#(rest)}"#, .wrongAlgorithm("eddsa"))
            case .noAlgorithm: (#"{\#(rest)}"#, .unreadableHeader)
            case .numberAlgorithm: (#"{"alg":1,\#(rest)}"#, .unreadableHeader)
            case .array: ("[]", .unreadableHeader)
            case .rubbish: ("{", .unreadableHeader)
            case .critical: (#"{"alg":"EdDSA","crit":["exp"],\#(rest)}"#, .criticalHeader)
            case .emptyCritical: (#"{"alg":"EdDSA","crit":[],\#(rest)}"#, .criticalHeader)
            case .nullCritical: (#"{"alg":"EdDSA","crit":null,\#(rest)}"#, .criticalHeader)
            case .unknownKey: (#"{"alg":"EdDSA","kid":"other","typ":"grant+jwt"}"#, .unknownKey("other"))
            case .noKey: (#"{"alg":"EdDSA","typ":"grant+jwt"}"#, .unknownKey(nil))
            case .wrongType: (#"{"alg":"EdDSA","kid":"\#(kid)","typ":"lease+jwt"}"#, .wrongType("lease+jwt", expected: "grant+jwt"))
            case .noType: (#"{"alg":"EdDSA","kid":"\#(kid)"}"#, .wrongType(nil, expected: "grant+jwt"))
            case .twoSpaces:
                (#"{"alg":"EdDSA","kid":"\#(kid)","typ":"grant+jwt "}"#, .wrongType("grant+jwt ", expected: "grant+jwt"))
            }
        }
    }

    @Test("Two or four parts, foreign letters, padding, and more than 8 KiB are refused for that reason")
    func shapes() {
        let good = String(decoding: JWS.sign(payload: payload, type: "t", with: key), as: UTF8.self)
        let parts = good.split(separator: ".")
        func open(_ text: String) -> Result<[UInt8], JWSError> { JWS.open(Array(text.utf8), keys: keys, type: "t") }
        #expect(open("") == .failure(.wrongParts(count: 1)))
        #expect(open("\(parts[0]).\(parts[1])") == .failure(.wrongParts(count: 2)))
        #expect(open(good + ".") == .failure(.wrongParts(count: 4)))
        #expect(open("\(parts[0])=.\(parts[1]).\(parts[2])") == .failure(.notBase64URL))
        #expect(open("\(parts[0]).\(parts[1])+.\(parts[2])") == .failure(.notBase64URL))
        #expect(open("\(parts[0]).\(parts[1]). \(parts[2])") == .failure(.notBase64URL))
        #expect(open("\(parts[0]).\(parts[1]).") == .failure(.badSignature(kid: key.kid)))
        #expect(open(String(repeating: "A", count: 8193)) == .failure(.tooLong(bytes: 8193)))
        #expect(open(String(repeating: "A", count: 8192)) == .failure(.wrongParts(count: 1)))
    }

    @Test("Signed by another key under a known name, it is a bad signature")
    func otherKey() throws {
        let other = try SigningKey.generate()
        let compact = JWS.sign(payload: payload, type: "t", with: key)
        #expect(JWS.open(compact, keys: [key.kid: other.verifyingKey], type: "t") == .failure(.badSignature(kid: key.kid)))
        #expect(JWS.open(compact, keys: [:], type: "t") == .failure(.unknownKey(key.kid)))
    }

    @Test("What a stranger wrote into a header reaches a log line clean and short")
    func quoting() {
        let text = JWSError.wrongAlgorithm("\u{1b}[2J\n" + String(repeating: "x", count: 500)).description
        #expect(text.utf8.count < 150 && !text.contains("\n") && !text.contains("\u{1b}"))
    }

    private func compact(header: String) -> [UInt8] {
        let message = Array("\(Base64URL.text(header.utf8)).\(Base64URL.text(payload))".utf8)
        return message + Array(".\(Base64URL.text(key.sign(message)))".utf8)
    }
}
