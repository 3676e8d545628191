import Contracts
import Seal

/// What a lock keeps through a power cut. It is on disk before the bolt moves.
package struct LockMemory: Codable, Equatable, Sendable {
    /// The highest counter obeyed.
    package var highest: Int64 = 0
    /// The grant it came in.
    package var last: EventID?
    /// Reports not answered yet, oldest first.
    package var reports: [PendingReport] = []

    package init() {}
}

package struct PendingReport: Codable, Equatable, Sendable {
    package var id: EventID
    package var bytes: [UInt8]
}

/// What a lock does with the bytes of an order.
package enum LockJudgement: Equatable, Sendable {
    case open(Grant)
    /// `value`: the lock's own clock in seconds, or its highest counter, behind the refusal.
    case refuse(LockOutcome.Refusal, grant: EventID?, value: Int64?)
}

/// The order of the checks is the order in which something can be believed: first the signature, then what it covers.
package func judge(_ order: [UInt8], for door: DoorID, keys: [String: VerifyingKey], memory: LockMemory, at now: Instant) -> LockJudgement {
    let payload: [UInt8]
    switch JWS.open(order, keys: keys, type: Grant.type) {
    case .success(let bytes): payload = bytes
    case .failure(let error): return .refuse(error.isAboutSignature ? .wrongSignature : .malformed, grant: nil, value: nil)
    }
    guard let grant = try? payload.decoded(as: Grant.self) else { return .refuse(.malformed, grant: nil, value: nil) }
    let seconds = now.milliseconds / 1000
    guard grant.aud == door else { return .refuse(.wrongDoor, grant: grant.jti, value: nil) }
    guard grant.nbf <= seconds else { return .refuse(.notYet, grant: grant.jti, value: seconds) }
    guard seconds < grant.exp else { return .refuse(.stale, grant: grant.jti, value: seconds) }
    guard grant.jti != memory.last else { return .refuse(.repeated, grant: grant.jti, value: memory.highest) }
    guard grant.cnt > memory.highest else { return .refuse(.lowerCounter, grant: grant.jti, value: memory.highest) }
    return .open(grant)
}

extension JWSError {
    fileprivate var isAboutSignature: Bool {
        switch self {
        case .badSignature, .unknownKey, .wrongAlgorithm: true
        default: false
        }
    }
}
