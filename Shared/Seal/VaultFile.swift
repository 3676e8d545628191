import Glibc

/// A vault lies in one file of mode 0600: `index <64 hexadecimal digits>`, then a line for each key, `v<number> <64 digits>`, numbers rising.
extension Vault {
    package static func load(file path: String) throws(SealError) -> Vault {
        let secrets = try Secrets(file: path)
        return try Vault(index: secrets.index, keys: Dictionary(uniqueKeysWithValues: secrets.keys))
    }

    /// Draws the index's secret and key 1 and keeps them in a new file; an existing one is never replaced.
    @discardableResult
    package static func create(at path: String) throws(SealError) -> Vault {
        try SecretFile.create(path, Secrets(index: randomBytes(32), keys: [(1, randomBytes(32))]).text)
        return try load(file: path)
    }

    /// Draws another key, which seals from the next start of a program on; the older ones go on opening.
    /// - Returns: its number.
    @discardableResult
    package static func addKey(file path: String) throws(SealError) -> Int {
        // Two at a time would each write a file without the other's key.
        let lock = try lockFolder(of: path)
        defer { close(lock) }
        var secrets = try Secrets(file: path)
        let number = secrets.newest + 1
        guard numbers.contains(number) else { throw .malformed(what: "another key in \(path)", expected: "at most \(numbers.upperBound)") }
        secrets.keys.append((number, try randomBytes(32)))
        try SecretFile.replace(path, secrets.text)
        return number
    }

    /// Takes an older key out of the file. What is still sealed under it can never be read again, in no backup either.
    package static func retire(_ number: Int, file path: String) throws(SealError) {
        let lock = try lockFolder(of: path)
        defer { close(lock) }
        var secrets = try Secrets(file: path)
        guard let index = secrets.keys.firstIndex(where: { $0.number == number }) else {
            throw .malformed(what: "key v\(number)", expected: "a key that is in \(path)")
        }
        guard number != secrets.newest else {
            throw .malformed(what: "retiring v\(number)", expected: "an older key of \(path): this one seals, so add another one first")
        }
        secrets.keys.remove(at: index)
        try SecretFile.replace(path, secrets.text)
    }
}

/// What the file holds.
private struct Secrets {
    let index: [UInt8]
    /// In the order of their numbers; at least one.
    var keys: [(number: Int, secret: [UInt8])]

    var newest: Int { keys.last?.number ?? 0 }

    init(index: [UInt8], keys: [(number: Int, secret: [UInt8])]) {
        self.index = index
        self.keys = keys
    }

    init(file path: String) throws(SealError) {
        let wrong = SealError.malformed(
            what: "the vault file \(path)", expected: "the line index <64 hexadecimal digits>, then v<number> <64 digits> for each key")
        var lines = String(decoding: try SecretFile.read(path), as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.popLast() == "", lines.count >= 2, let (name, index) = Self.line(lines.removeFirst()), name == "index" else {
            throw wrong
        }
        self.init(index: index, keys: [])
        for text in lines {
            guard let (name, secret) = Self.line(text), name.first == "v", let number = Int(name.dropFirst()), "v\(number)" == name,
                Vault.numbers.contains(number), number > newest
            else { throw wrong }
            keys.append((number, secret))
        }
    }

    private static func line(_ text: Substring) -> (name: Substring, secret: [UInt8])? {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 2, let secret = Hex.decode(words[1]), secret.count == 32 else { return nil }
        return (words[0], secret)
    }

    var text: [UInt8] {
        let lines = ["index \(Hex.text(index))"] + keys.map { "v\($0.number) \(Hex.text($0.secret))" }
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }
}
