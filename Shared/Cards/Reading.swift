import Contracts
import Seal

/// What came of one tap.
package enum Reading: Hashable, Sendable {
    /// The card proved, by a key of its own, that it is the one with this number.
    case proved(application: String, number: [UInt8])
    /// A FeliCa card said its 8-byte IDm; anyone can copy that.
    case read(idm: [UInt8])
    /// The card claims to be one of the town's, and is not.
    case forged(Forgery)
    /// A card nobody here has a use for.
    case unknown
    /// Nothing is known about the card; hold it again.
    case unreadable(Unreadable)

    /// What gave a forged card away.
    package enum Forgery: Hashable, Sendable {
        /// It signed with another key than the certificate's: a copy.
        case wrongKey
        /// It signed nothing at all; the card's status word.
        case noProof(status: UInt16)
        /// The certificate is another number's.
        case numberMismatch
        /// The certificate is not from the town's issuer, or not whole.
        case wrongIssuer
        /// The issuer's word holds no longer, or not yet.
        case expired
        /// The certificate cannot be read or is made for something else.
        case badCertificate
    }

    /// Why a card could not be read.
    package enum Unreadable: Hashable, Sendable {
        case channel(CardError)
        /// The application is there, but this file is not as configured; the card's status word.
        case file(FileID, status: UInt16)
        /// The number file holds no object with the configured tag, or an empty one.
        case noNumber
        /// Longer than any such file may be.
        case fileTooLong(FileID)
    }
}

extension Reading {
    /// A number longer than this is no number a certificate could carry.
    static let longestNumber = 64
}

/// Reads one card from the start. Sends nothing but `Command`s, and only those the kind of card calls for: an identifier is
/// asked from a FeliCa card alone, because a UID names a chip and a PUPI (type B) names nothing, it is new at every tap.
package func read(
    card channel: some CardChannel, atr: [UInt8], applications: [CardApplication], felica: Bool, challenge: Challenge, at now: Instant
) -> Reading {
    do throws(CardError) {
        switch CardKind(atr: atr) {
        case .felica: return felica ? try readIDm(channel) : .unknown
        case .storage: return .unknown
        case .applications:
            for application in applications where try channel.transmit(.select(application.aid)).isGood {
                return try prove(application, on: channel, challenge: challenge, at: now)
            }
            return .unknown
        }
    } catch {
        return .unreadable(.channel(error))
    }
}

private func readIDm(_ channel: some CardChannel) throws(CardError) -> Reading {
    let response = try channel.transmit(.cardIdentifier)
    guard response.isGood, response.data.count == 8 else { return .unreadable(.channel(.mute)) }
    return .read(idm: response.data)
}

/// The order of proof: whose number, whose certificate, does the town's issuer vouch for it now, does the card hold its key.
private func prove(
    _ application: CardApplication, on channel: some CardChannel, challenge: Challenge, at now: Instant
) throws(CardError) -> Reading {
    let number: [UInt8]
    let certificate: [UInt8]
    do throws(FileFault) {
        let file = try readFile(application.numberFile, on: channel)
        guard let value = BER.value(of: application.numberTag, in: file), (1...Reading.longestNumber).contains(value.count) else {
            return .unreadable(.noNumber)
        }
        number = value
        certificate = try readFile(application.certificateFile, on: channel)
    } catch {
        switch error {
        case .channel(let error): throw error
        case .file(let reason): return .unreadable(reason)
        }
    }
    guard let size = BER.size(ofObjectAt: certificate), size <= certificate.count,
        let card = try? CardCertificate(der: Array(certificate[..<size]))
    else { return .forged(.badCertificate) }
    if let forgery = forgery(in: card, number: number, issuer: application.issuer, at: now) { return .forged(forgery) }
    let answer = try channel.transmit(.internalAuthenticate(application.keyReference, challenge))
    guard answer.isGood else { return .forged(.noProof(status: answer.status)) }
    guard card.verify(signature: answer.data, challenge: challenge.bytes) else { return .forged(.wrongKey) }
    return .proved(application: application.name, number: number)
}

/// What is wrong with the certificate itself; nil when the issuer vouches for it and it is this number's.
private func forgery(in card: CardCertificate, number: [UInt8], issuer: CardIssuer, at now: Instant) -> Reading.Forgery? {
    switch issuer.vouches(for: card, at: now) {
    case .wrongIssuer, .badSignature: .wrongIssuer
    case .weakKey, .wrongUse: .badCertificate
    case .notYetValid, .expired, .issuerNotValid: .expired
    case .yes: Array(card.subjectNumber.utf8) == number ? nil : .numberMismatch
    }
}
