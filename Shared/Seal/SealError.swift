/// What Seal could not do. The description is a sentence for a person: what, where, next step.
package enum SealError: Error, Equatable, CustomStringConvertible {
    /// A system call failed on a file.
    case file(path: String, doing: String, reason: String)
    /// Group or others may use a file that holds a secret; `mode` is its permission bits.
    case exposed(path: String, mode: UInt32)
    /// A new secret would replace an old one.
    case exists(path: String)
    /// Bytes that are not what they should be; `expected` says what belongs there.
    case malformed(what: String, expected: String)
    /// A vault has not the key something was sealed under.
    case missingKey(number: Int)
    /// What was sealed does not open; `context` says where it lies.
    case damaged(context: String)
    /// libcrypto refused.
    case library(doing: String, reason: String)

    package var description: String {
        switch self {
        case .file(let path, let doing, let reason):
            "cannot \(doing) \(path): \(reason)."
        case .exposed(let path, let mode):
            "\(path) holds a secret, but its mode is 0\(String(mode, radix: 8)), so other users can use it. Run: chmod 600 \(path)"
        case .exists(let path):
            "\(path) exists already and is not replaced. Move it away first if it really shall go."
        case .malformed(let what, let expected):
            "\(what) is not usable: expected \(expected)."
        case .missingKey(let number):
            "sealed under key v\(number), which is not in this vault. Put back the copy of the vault's file that holds v\(number)."
        case .damaged(let context):
            "what is sealed at \(context) does not open: it was changed, moved there from another place, or sealed by another vault. "
                + "Put the last backup in its place."
        case .library(let doing, let reason):
            "libcrypto could not \(doing): \(reason)."
        }
    }
}
