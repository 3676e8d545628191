import CCrypto

/// A file encrypted under a passphrase in the format of age (https://age-encryption.org/v1), so that it can be opened without us: `age -d FILE`.
///
/// scrypt (RFC 7914) makes a key of the passphrase, under which the file's own key lies; the bytes lie under that in pieces of ChaCha20-Poly1305
/// (RFC 8439), each with its number, the last one marked.
package enum AgeFile {
    /// scrypt's N, as a power of two. 2^15 takes 32 MiB and a tenth of a second: a small machine can do it, and the passphrase is strong by itself.
    private static let workFactor = 15
    /// What age itself makes, 256 MiB. A stranger's file may not ask for more.
    private static let highestWorkFactor = 18
    private static let opening = "age-encryption.org/v1\n-> scrypt "
    private static let pieceBytes = 65_536
    private static let tagBytes = 16

    /// A passphrase of 100 bits to be read out and typed: four groups of five letters and digits, none of which is taken for another.
    package static func newPassphrase() throws(SealError) -> String {
        let letters = Array(Base32.text(try randomBytes(13)).prefix(20))
        return stride(from: 0, to: 20, by: 5).map { String(letters[$0..<$0 + 5]) }.joined(separator: "-")
    }

    package static func seal(_ bytes: [UInt8], passphrase: String) throws(SealError) -> [UInt8] {
        let (fileKey, salt, nonce) = (try randomBytes(16), try randomBytes(16), try randomBytes(16))
        let key = try wrappingKey(passphrase, salt: salt, workFactor: workFactor)
        let wrapped = try chaCha(fileKey, key: key, nonce: [UInt8](repeating: 0, count: 12))
        let header = "\(opening)\(Base64.unpadded(salt)) \(workFactor)\n\(Base64.unpadded(wrapped))\n---"
        var sealed = Array("\(header) \(Base64.unpadded(code(of: header, fileKey)))\n".utf8) + nonce
        let payloadKey = derived(from: fileKey, salt: nonce, "payload")
        for (number, start) in stride(from: 0, to: max(1, bytes.count), by: pieceBytes).enumerated() {
            let piece = Array(bytes[start..<min(bytes.count, start + pieceBytes)])
            sealed += try chaCha(piece, key: payloadKey, nonce: pieceNonce(number, isLast: start + pieceBytes >= bytes.count))
        }
        return sealed
    }

    /// - Returns: `nil` for a wrong passphrase.
    /// - Throws: what is wrong with the file.
    package static func open(_ sealed: [UInt8], passphrase: String) throws(SealError) -> [UInt8]? {
        let unusable = SealError.malformed(what: "the file", expected: "a file of age under a passphrase, whole and as it was written")
        let lines = sealed.prefix(256).split(separator: UInt8(ascii: "\n"), maxSplits: 4, omittingEmptySubsequences: false)
        guard lines.count == 5 else { throw unusable }
        let text = lines.prefix(4).map { String(decoding: $0, as: UTF8.self) }
        let words = text[1].split(separator: " ", omittingEmptySubsequences: false)
        guard "\(text[0])\n-> scrypt " == opening, words.count == 4, words.prefix(2) == ["->", "scrypt"], let salt = bytes(words[2], 16),
            let cost = Int(words[3]), (1...highestWorkFactor).contains(cost), let wrapped = bytes(text[2], 16 + tagBytes),
            text[3].hasPrefix("--- "), let mark = bytes(text[3].dropFirst(4), 32)
        else { throw unusable }
        let key = try wrappingKey(passphrase, salt: salt, workFactor: cost)
        guard let fileKey = try opened(wrapped, key: key, nonce: [UInt8](repeating: 0, count: 12)) else { return nil }
        guard constantTimeEqual(mark, code(of: text[0...2].joined(separator: "\n") + "\n---", fileKey)) else { throw unusable }
        let body = sealed[(text.reduce(4) { $0 + $1.utf8.count })...]
        guard body.count >= 16 + tagBytes else { throw unusable }
        let payloadKey = derived(from: fileKey, salt: Array(body.prefix(16)), "payload")
        var (rest, whole, number) = (body.dropFirst(16), [UInt8](), 0)
        while !rest.isEmpty {
            let piece = Array(rest.prefix(pieceBytes + tagBytes))
            rest = rest.dropFirst(piece.count)
            let nonce = pieceNonce(number, isLast: rest.isEmpty)
            guard piece.count >= tagBytes, let part = try opened(piece, key: payloadKey, nonce: nonce) else { throw unusable }
            whole += part
            number += 1
        }
        return whole
    }

    private static func wrappingKey(_ passphrase: String, salt: [UInt8], workFactor: Int) throws(SealError) -> [UInt8] {
        let salt = Array("age-encryption.org/v1/scrypt".utf8) + salt
        return try Scrypt.key(of: passphrase, salt: salt, Scrypt.Cost(logN: workFactor, r: 8, p: 1))
    }

    /// HKDF with SHA-256 (RFC 5869), 32 bytes.
    private static func derived(from key: [UInt8], salt: [UInt8], _ purpose: String) -> [UInt8] {
        hkdfExpand(hmacSHA256(key: salt, message: key), info: Array(purpose.utf8))
    }

    private static func code(of header: String, _ fileKey: [UInt8]) -> [UInt8] {
        hmacSHA256(key: derived(from: fileKey, salt: [], "header"), message: Array(header.utf8))
    }

    /// The number in 11 bytes, then whether it is the last piece.
    private static func pieceNonce(_ number: Int, isLast: Bool) -> [UInt8] {
        [0, 0, 0] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } + [isLast ? 1 : 0]
    }

    private static func bytes(_ text: some StringProtocol, _ count: Int) -> [UInt8]? {
        guard let bytes = Base64.bytes(unpadded: text) else { return nil }
        return bytes.count == count ? bytes : nil
    }
}

/// ChaCha20-Poly1305: the ciphertext and the tag of 16 bytes.
private func chaCha(_ bytes: [UInt8], key: [UInt8], nonce: [UInt8]) throws(SealError) -> [UInt8] {
    guard let context = EVP_CIPHER_CTX_new() else { throw libraryError("start ChaCha20-Poly1305") }
    defer { EVP_CIPHER_CTX_free(context) }
    var (sealed, tag, written) = ([UInt8](repeating: 0, count: bytes.count), [UInt8](repeating: 0, count: 16), Int32(0))
    guard EVP_EncryptInit_ex2(context, EVP_chacha20_poly1305(), key, nonce, nil) == 1,
        EVP_EncryptUpdate(context, &sealed, &written, bytes, Int32(bytes.count)) == 1,
        EVP_EncryptFinal_ex(context, nil, &written) == 1, EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, &tag) == 1
    else { throw libraryError("seal with ChaCha20-Poly1305") }
    return sealed + tag
}

/// What `chaCha` has sealed; `nil` unless the tag is right.
private func opened(_ sealed: [UInt8], key: [UInt8], nonce: [UInt8]) throws(SealError) -> [UInt8]? {
    defer { ERR_clear_error() }
    guard let context = EVP_CIPHER_CTX_new() else { throw libraryError("start ChaCha20-Poly1305") }
    defer { EVP_CIPHER_CTX_free(context) }
    var (tag, written) = (Array(sealed.suffix(16)), Int32(0))
    let text = Array(sealed.dropLast(16))
    var bytes = [UInt8](repeating: 0, count: text.count)
    guard EVP_DecryptInit_ex2(context, EVP_chacha20_poly1305(), key, nonce, nil) == 1,
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, 16, &tag) == 1
    else { throw libraryError("open with ChaCha20-Poly1305") }
    guard EVP_DecryptUpdate(context, &bytes, &written, text, Int32(text.count)) == 1, EVP_DecryptFinal_ex(context, nil, &written) == 1
    else {
        return nil
    }
    return bytes
}
