import Contracts
import Seal

/// Somebody has signed in at LINE and come back with a code, for which LINE says once who they are (LINE Login v2.1 API reference, "Issue access token"; OpenID Connect Core 1.0, 3.1.3).
package struct LineLogin: Sendable, Equatable, CustomReflectable {
    package var code: String
    /// What LINE was given, and has to put into its answer.
    package var nonce: String
    /// Where LINE has sent the browser back to.
    package var redirect: String

    package init(code: String, nonce: String, redirect: String) { (self.code, self.nonce, self.redirect) = (code, nonce, redirect) }

    package func call(to channel: LineLoginChannel) -> HTTPCall {
        let fields = [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirect), ("client_id", channel.id),
            ("client_secret", channel.secret),
        ]
        let body = fields.map { "\($0)=\(formEncoded($1))" }.joined(separator: "&")
        return HTTPCall(
            url: "\(channel.base)/oauth2/v2.1/token", headers: ["Content-Type: application/x-www-form-urlencoded"], body: Array(body.utf8))
    }

    /// Accepted is an answer that names somebody, and no other.
    package func receipt(_ key: String, _ answer: HTTPAnswer, of channel: LineLoginChannel, at now: Instant) -> Receipt {
        let said = try? answer.body.decoded(as: Answer.self)
        guard answer.status == 200 else {
            return Receipt(key: key, .refused, code: answer.status, detail: "HTTP \(answer.status) \(said?.error ?? "")")
        }
        guard let token = said?.token else { return Receipt(key: key, .refused, code: 200, detail: "the answer holds no ID token") }
        switch channel.user(in: token, nonce: nonce, at: now) {
        case .success(let user):
            var receipt = Receipt(key: key, .accepted, code: 200)
            receipt.user = user
            return receipt
        case .failure(let fault): return Receipt(key: key, .refused, code: 200, detail: "the ID token \(fault.rawValue)")
        }
    }

    /// Members that are not known here may come at any time, and are passed over.
    private struct Answer: Decodable {
        let error: String?
        let token: String?

        private enum CodingKeys: String, CodingKey {
            case error
            case token = "id_token"
        }
    }

    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// The channel at which people sign in. It belongs to the provider of the town's account: user ids are others at another provider.
package struct LineLoginChannel: Sendable, CustomReflectable {
    package let id: String
    /// Signs what LINE says.
    let secret: String
    let base: String

    /// - Parameters:
    ///   - secret: from a file of mode 0600; nil if it is none.
    ///   - base: where LINE is, without a slash at the end.
    package init?(id: String, secret: String, base: String = "https://api.line.me") {
        guard !id.isEmpty, !secret.isEmpty, (id + secret).utf8.allSatisfy({ (0x21...0x7e).contains($0) }), isSafe(base) else { return nil }
        (self.id, self.secret, self.base) = (id, secret, base)
    }

    /// Whom an ID token names: it is LINE's, for this channel and this sign-in, and not over (LINE Login documentation, "Get profile information from ID tokens"; OpenID Connect Core 1.0, 3.1.3.7).
    package func user(in token: String, nonce: String, at now: Instant) -> Result<String, IDTokenFault> {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Base64URL.decode(parts[0].utf8), let payload = Base64URL.decode(parts[1].utf8),
            let signature = Base64URL.decode(parts[2].utf8), let kind = try? header.decoded(as: Kind.self)
        else { return .failure(.unreadable) }
        // LINE signs what browsers bring with the channel's secret; any other way, "none" before all, is somebody else's.
        guard kind.alg == "HS256" else { return .failure(.otherAlgorithm) }
        let expected = hmacSHA256(key: Array(secret.utf8), message: Array("\(parts[0]).\(parts[1])".utf8))
        guard constantTimeEqual(signature, expected) else { return .failure(.badSignature) }
        guard let claims = try? payload.decoded(as: Claims.self) else { return .failure(.unreadable) }
        guard claims.iss == "https://access.line.me" else { return .failure(.otherIssuer) }
        guard claims.aud == id else { return .failure(.otherChannel) }
        guard claims.exp > now.milliseconds / 1000 else { return .failure(.expired) }
        guard constantTimeEqual(Array(claims.nonce.utf8), Array(nonce.utf8)) else { return .failure(.otherNonce) }
        guard LinePush.isUser(claims.sub) else { return .failure(.noUser) }
        return .success(claims.sub)
    }

    private struct Kind: Decodable { let alg: String }

    private struct Claims: Decodable {
        let aud: String
        /// In seconds since 1970.
        let exp: Int64
        let iss: String
        let nonce: String
        let sub: String
    }

    package var customMirror: Mirror { Mirror(self, children: ["id": id]) }
}

/// Why an ID token is not believed, as the end of a sentence about it.
package enum IDTokenFault: String, Error {
    case unreadable = "cannot be read"
    case otherAlgorithm = "is signed in another way"
    case badSignature = "is not signed by this channel's secret"
    case otherIssuer = "is not LINE's"
    case otherChannel = "is for another channel"
    case expired = "is over: look at this machine's clock"
    case otherNonce = "is for another sign-in"
    case noUser = "names nobody who could be written to"
}

/// As part of a form (WHATWG URL, 5.2): whatever is no letter or digit as its bytes.
private func formEncoded(_ text: String) -> String {
    text.utf8.map { isWordLetter($0) ? String(UnicodeScalar($0)) : "%\(Hex.text([$0]).uppercased())" }.joined()
}
