import Contracts

/// JSON Web Signature in its compact form with EdDSA (RFC 7515 §3.1 and §7.1, RFC 8037 §3.1): three parts of base64url
/// joined by dots. Any lock in any language verifies it with a stock library.
package enum JWS {
    /// The longest compact form that is opened, in bytes.
    package static let limit = 8 * 1024

    /// `type` is the header's `typ`, a media type without `application/`: letters, digits, `+`, `-`, `.`.
    package static func sign(payload: [UInt8], type: String, with key: SigningKey) -> [UInt8] {
        precondition(type.utf8.allSatisfy(isTypeLetter), "a JWS type holds letters, digits, + - and . only")
        let header = #"{"alg":"EdDSA","kid":"\#(key.kid)","typ":"\#(type)"}"#
        let message = Base64URL.encode(header.utf8) + [dot] + Base64URL.encode(payload)
        return message + [dot] + Base64URL.encode(key.sign(message))
    }

    /// The payload, if one of the keys (by `kid`) signed it as this type. What the payload says is still to be judged.
    package static func open(_ compact: [UInt8], keys: [String: VerifyingKey], type: String) -> Result<[UInt8], JWSError> {
        guard compact.count <= limit else { return .failure(.tooLong(bytes: compact.count)) }
        let parts = compact.split(separator: dot, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return .failure(.wrongParts(count: parts.count)) }
        guard let headerBytes = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2])
        else { return .failure(.notBase64URL) }
        guard let header = try? headerBytes.decoded(as: Header.self) else { return .failure(.unreadableHeader) }
        guard header.alg == "EdDSA" else { return .failure(.wrongAlgorithm(header.alg)) }
        guard !header.hasCritical else { return .failure(.criticalHeader) }
        guard header.typ == type else { return .failure(.wrongType(header.typ, expected: type)) }
        guard let kid = header.kid, let key = keys[kid] else { return .failure(.unknownKey(header.kid)) }
        guard key.verify(signature, of: Array(compact[..<parts[1].endIndex])) else { return .failure(.badSignature(kid: kid)) }
        return .success(payload)
    }

    private static let dot = UInt8(ascii: ".")

    private static func isTypeLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "+"), UInt8(ascii: "-"), dot:
            true
        default: false
        }
    }
}

/// The protected header, as far as it is judged.
private struct Header: Decodable {
    let alg: String
    let kid: String?
    let typ: String?
    /// `crit` lists what a reader must understand (RFC 7515 §4.1.11). We understand none of it, so its presence is enough.
    let hasCritical: Bool

    private enum Member: String, CodingKey { case alg, kid, typ, crit }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        alg = try members.decode(String.self, forKey: .alg)
        kid = try members.decodeIfPresent(String.self, forKey: .kid)
        typ = try members.decodeIfPresent(String.self, forKey: .typ)
        hasCritical = members.contains(.crit)
    }
}

/// Why a signed message was not believed.
package enum JWSError: Error, Equatable, Sendable, CustomStringConvertible {
    case tooLong(bytes: Int)
    case wrongParts(count: Int)
    case notBase64URL
    case unreadableHeader
    case wrongAlgorithm(String)
    case criticalHeader
    case wrongType(String?, expected: String)
    case unknownKey(String?)
    case badSignature(kid: String)

    package var description: String {
        switch self {
        case .tooLong(let bytes): "A signed message of \(bytes) bytes is refused: at most \(JWS.limit) are read."
        case .wrongParts(let count): "A signed message has three parts joined by dots; this one has \(count)."
        case .notBase64URL: "A part of the signed message is not base64url without padding."
        case .unreadableHeader: "The header of the signed message is not a JSON object with a text `alg`."
        case .wrongAlgorithm(let name): "The signed message names the algorithm \(quoted(name)); only EdDSA is believed."
        case .criticalHeader: "The signed message demands an extension (`crit`); none is known here."
        case .wrongType(let found, let expected): "The signed message is of type \(quoted(found)); \(expected) was expected."
        case .unknownKey(let kid):
            "The signed message names the key \(quoted(kid)), which is not known here. Check the keys given to this device."
        case .badSignature(let kid):
            "The signature does not fit the message and the key \(quoted(kid)): it was changed, or another key signed it."
        }
    }

    /// What a stranger wrote, cut and cleaned for a log line.
    private func quoted(_ text: String?) -> String {
        guard let text else { return "(none)" }
        return "\"\(String(String.UnicodeScalarView(text.unicodeScalars.prefix(64).map { (" "..."~").contains($0) ? $0 : "?" })))\""
    }
}
