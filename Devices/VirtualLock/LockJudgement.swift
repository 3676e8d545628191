import Contracts
import Seal

/// What a lock does with the bytes of an order.
package enum LockJudgement: Equatable, Sendable {
    case open(Grant)
    /// `value`: the lock's own clock in seconds, or its highest counter, behind the refusal.
    case refuse(LockOutcome.Refusal, grant: EventID?, value: Int64?)
}

/// The checks of Docs/locks.md, section 4: first whether it can be believed, then what it says.
package func judge(
    _ order: [UInt8], for door: DoorID, of town: TownID, keys: [String: VerifyingKey], memory: LockMemory, at now: Instant
) -> LockJudgement {
    let payload: [UInt8]
    switch JWS.open(order, keys: keys, type: Grant.type) {
    case .success(let bytes): payload = bytes
    case .failure(let error): return .refuse(error.isAboutSignature(of: order) ? .wrongSignature : .malformed, grant: nil, value: nil)
    }
    guard let grant = try? payload.decoded(as: Grant.self), openings.contains(grant.open) else {
        return .refuse(.malformed, grant: nil, value: nil)
    }
    let seconds = now.milliseconds / 1000
    guard grant.aud == door, grant.iss == "\(town)/lock-controller" else { return .refuse(.wrongDoor, grant: grant.jti, value: nil) }
    guard grant.nbf <= seconds else { return .refuse(.notYet, grant: grant.jti, value: seconds) }
    guard seconds < grant.exp else { return .refuse(.stale, grant: grant.jti, value: seconds) }
    guard !memory.obeyed.contains(grant.jti) else { return .refuse(.repeated, grant: grant.jti, value: memory.highest) }
    guard grant.cnt > memory.highest else { return .refuse(.lowerCounter, grant: grant.jti, value: memory.highest) }
    return .open(grant)
}

/// Seconds a door may be told to stay unlocked.
private let openings = 1...3600

extension JWSError {
    /// Whether the order has the form of a signed one and nobody we know signed it as a grant.
    fileprivate func isAboutSignature(of order: [UInt8]) -> Bool {
        switch self {
        case .badSignature, .unknownKey, .wrongAlgorithm, .wrongType, .criticalHeader: true
        case .tooLong, .wrongParts, .notBase64URL: false
        // A header that is an object, and lacks a word or has another kind of value there, names no signature of ours.
        case .unreadableHeader: (try? Base64URL.decode(order.prefix { $0 != UInt8(ascii: ".") })?.decoded(as: AnyObject.self)) != nil
        }
    }
}

/// Some JSON object.
private struct AnyObject: Decodable {
    private enum NoKey: CodingKey {}

    init(from decoder: any Decoder) throws { _ = try decoder.container(keyedBy: NoKey.self) }
}
