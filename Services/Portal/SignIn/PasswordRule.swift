/// Why a password cannot be chosen.
package enum PasswordFlaw: Equatable, Sendable {
    case tooShort
    case tooLong
    /// But for words that everybody tries first, too little is left.
    case tooCommon
    /// But for the account's name, the town's and the product's, too little is left.
    case holdsNames
}

/// After NIST SP 800-63B, section 5.1.1.2: length counts, and what is guessed first is not taken; what kinds of character there are does not matter.
/// - Parameter names: what stands nearest to whoever guesses.
func flaw(of password: String, names: [String]) -> PasswordFlaw? {
    let length = password.unicodeScalars.count
    guard length >= 12 else { return .tooShort }
    guard length <= 128 else { return .tooLong }
    // A name of one letter is in every password.
    let bare = without(names.map { $0.lowercased() }.filter { $0.utf8.count >= 3 }, in: password.lowercased())
    guard bare.unicodeScalars.count >= leftOver else { return .holdsNames }
    let rest = without(commonPasswords, in: bare)
    return rest.unicodeScalars.count >= leftOver && Set(rest).count >= fewestKinds ? nil : .tooCommon
}

/// As long as it must be without the words that are known.
private let leftOver = 8
/// `aaaabbbbcccc` has three.
private let fewestKinds = 5

private func without(_ words: [String], in text: String) -> String {
    words.reduce(text) { $0.replacing($1, with: "") }
}
