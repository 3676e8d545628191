import Seal

/// Where a town's card application (条例等利用アプリケーション) keeps what a tap reads. The real layout is the town's, by contract,
/// so it comes from the configuration.
package struct CardApplication: Sendable {
    /// How events and logs call it.
    package let name: String
    package let aid: AID
    /// The file that holds the user number as a BER-TLV object, and the object's tag.
    package let numberFile: FileID
    package let numberTag: UInt32
    /// The file that begins with the X.509 certificate (DER) of the card's key.
    package let certificateFile: FileID
    /// The key that answers INTERNAL AUTHENTICATE without a PIN.
    package let keyReference: KeyReference
    /// Who must have signed the certificate.
    package let issuer: CardIssuer

    package init(
        name: String, aid: AID, numberFile: FileID, numberTag: UInt32, certificateFile: FileID, keyReference: KeyReference,
        issuer: CardIssuer
    ) {
        self.name = name
        self.aid = aid
        self.numberFile = numberFile
        self.numberTag = numberTag
        self.certificateFile = certificateFile
        self.keyReference = keyReference
        self.issuer = issuer
    }
}
