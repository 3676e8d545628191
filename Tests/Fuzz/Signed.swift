import Cards
import Contracts
import Seal
import VirtualLock

extension FuzzTarget {
    /// What a lock gets: nothing opens it but what its town's key has signed, byte for byte; and what was signed is judged, whatever it says.
    static let grants = FuzzTarget(name: "grant") { bytes in
        let keys = [key.kid: key.verifyingKey]
        var isSigned = false
        if case .success(let payload) = JWS.open(bytes, keys: keys, type: Grant.type) {
            try must(JWS.sign(payload: payload, type: Grant.type, with: key) == bytes, "a second form of a signed order: \(bytes.shown)")
            isSigned = true
        }
        let asItIs = judge(bytes, for: door, of: town, keys: keys, memory: LockMemory(), at: now)
        if case .open = asItIs { try must(isSigned, "a lock obeys what nobody signed: \(bytes.shown)") }
        // The same bytes as claims, signed by a town that has lost its mind.
        let signed = JWS.sign(payload: bytes, type: Grant.type, with: key)
        let asClaims = judge(signed, for: door, of: town, keys: keys, memory: LockMemory(), at: now)
        guard case .open(let grant) = asClaims else { return isSigned }
        let seconds = now.milliseconds / 1000
        try must(
            grant.aud == door && grant.iss == "\(town)/lock-controller" && grant.nbf <= seconds && seconds < grant.exp && grant.cnt > 0
                && (1...3600).contains(grant.open), "a lock obeys \(bytes.shown)")
        return true
    }

    /// What a lock that decides alone gets: it believes none but the town's own, and whatever a list holds, each of its cards is found in it.
    static let leases = FuzzTarget(name: "lease") { bytes in
        let keys = [key.kid: key.verifyingKey]
        let believed = Lease.Part.allCases.compactMap { SignedLease(bytes, part: $0, for: door, of: town, keys: keys) }
        try must(
            believed.allSatisfy { $0.bytes == bytes && $0.list.count <= bytes.count / CardHash.bytes }, "another lease than was signed")
        guard let list = LeaseList(bytes) else { return !believed.isEmpty }
        try must(list.bytes == bytes && list.count <= bytes.count / CardHash.bytes, "another list than was read: \(bytes.shown)")
        _ = list.windows(of: CardHash(bytes.suffix(CardHash.bytes)))
        return true
    }

    /// A card's certificate, and what a configuration gives as an issuer. Only the issuer of the corpus is believed, and it has signed one number.
    static let certificates = FuzzTarget(name: "certificate") { bytes in
        let isIssuer = (try? CardIssuer(pem: bytes)) != nil
        guard let card = try? CardCertificate(der: bytes) else { return isIssuer }
        try must((1...64).contains(card.subjectNumber.utf8.count), "a number of \(card.subjectNumber.utf8.count) bytes")
        if issuer.vouches(for: card, at: now) == .yes {
            try must(card.subjectNumber == cardNumber, "the issuer vouches for \(card.subjectNumber.debugDescription)")
        }
        try must(
            !card.verify(signature: Array(bytes.suffix(64)), challenge: challenge.bytes),
            "a certificate's own bytes are its key's signature")
        return true
    }

    static let town: TownID = "nagai"
    static let door: DoorID = "gym"
    static let cardNumber = "K-000124"
    /// 2026-11-21T08:00:00+09:00, when every signature of the corpora is valid.
    static let now = Instant(milliseconds: 1_795_215_600_000)

    private static let key: SigningKey = {
        guard let key = try? SigningKey(seed: Array(repeating: 7, count: 32)) else { preconditionFailure("32 bytes are a key") }
        return key
    }()
}
