/// What a reader is for at this moment: `visit`, `enrol`, `door:gym`, `locker:library`, `school-gate`, `shelter:s01`, `event:…`, `ride:…`, `shop:…`.
package struct Purpose: Hashable, Sendable, WrittenAsText {
    package static var form: String { "a purpose: kind or kind:thing, each a-z, 0-9 and -" }
    package static var pattern: String { "^[a-z0-9][a-z0-9-]{0,62}(:[a-z0-9][a-z0-9-]{0,62})?$" }
    package static var sample: String { "visit" }
    /// What comes before the colon: `door` of `door:gym`.
    package let kind: Name<Purpose>
    /// What comes after it, if anything: `gym` of `door:gym`.
    package let thing: Name<Purpose>?

    package init(kind: Name<Purpose>, thing: Name<Purpose>? = nil) {
        self.kind = kind
        self.thing = thing
    }

    package init?(_ text: some StringProtocol) {
        var text = String(text)
        guard let purpose = text.withUTF8({ Self(utf8: $0) }) else { return nil }
        self = purpose
    }

    package init?(utf8 bytes: UnsafeBufferPointer<UInt8>) {
        let colon = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.count
        guard let kind = Name<Purpose>(utf8: UnsafeBufferPointer(rebasing: bytes[..<colon])) else { return nil }
        var thing: Name<Purpose>?
        if colon < bytes.count {
            guard let name = Name<Purpose>(utf8: UnsafeBufferPointer(rebasing: bytes[(colon + 1)...])) else { return nil }
            thing = name
        }
        self.init(kind: kind, thing: thing)
    }

    package static func door(_ door: DoorID) -> Self { Self(kind: "door", thing: door.named()) }

    /// The door this reader stands for, if it stands for one.
    package var door: DoorID? { kind == "door" ? thing?.named() : nil }

    /// The locker this reader stands for, if it stands for one.
    package var locker: LockerID? { kind == "locker" ? thing?.named() : nil }

    /// Whether another one is meant by this one: a kind alone stands for all of it.
    package func covers(_ other: Purpose) -> Bool { kind == other.kind && (thing == nil || thing == other.thing) }

    /// The shop this reader stands in, if it does.
    package var shop: ShopID? { kind == "shop" ? thing?.named() : nil }

    package var description: String { thing.map { "\(kind):\($0)" } ?? kind.text }
}
