/// Asks for a code to a booking, for somebody without a card; a code given before it is void. The code itself is never said on the bus:
/// whoever holds the town's code key finds it from the booking and the number of the answer.
package struct GiveBookingCode: CommandBody {
    package typealias Answer = BookingCodeAnswer
    package static let type = "booking-code-give"

    package var booking: EventID

    package init(booking: EventID) { self.booking = booking }
}

/// The booking, and which of its codes counts from now on.
package struct BookingCodeAnswer: Codable, Sendable, Equatable {
    package var booking: Booking
    /// 1 is the booking's first code.
    package var number: Int

    package init(booking: Booking, number: Int) {
        self.booking = booking
        self.number = number
    }
}

/// A booking has a code, or another one than before: the ruling behind each accepted `booking-code-give`.
package struct BookingCodeGiven: EventBody {
    package static let type = "booking-code"

    package var booking: EventID
    package var by: UserID
    package var door: DoorID
    package var number: Int

    package init(booking: EventID, door: DoorID, number: Int, by: UserID) {
        self.booking = booking
        self.door = door
        self.number = number
        self.by = by
    }
}

/// Shows that a code was entered, and which, to nobody but who knows it: an HMAC-SHA-256 (RFC 2104) in base64url (RFC 4648 §5).
package struct CodeProof: Hashable, Sendable, WrittenAsText {
    package static var form: String { "a proof: 43 characters of base64url" }
    package static var pattern: String { "^[0-9A-Za-z_-]{43}$" }
    package static var sample: String { String(repeating: "A", count: 43) }
    package let text: String

    package init?(_ text: some StringProtocol) {
        let isFine = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard isFine, text.utf8.count == 43 else { return nil }
        self.text = String(text)
    }

    package var description: String { text }
}

/// Somebody entered a code at a door's keypad. The proof is made with the envelope's id and time, so that a report said again under others is worth nothing.
package struct CodeEntered: ReportBody {
    package typealias Answer = CodeAnswer
    package static let type = "code"

    package var proof: CodeProof

    package init(proof: CodeProof) { self.proof = proof }
}

/// What the door did about a code.
package struct CodeAnswer: Codable, Sendable, Equatable {
    /// Present when the door was refused.
    package var refusal: Refusal?
    /// Which of the town's rules kept it shut; it says more than `refusal`.
    package var rule: DoorRule?
    package var verdict: DoorDecided.Outcome

    package init(_ verdict: Verdict, rule: DoorRule? = nil) {
        self.rule = rule
        switch verdict {
        case .open: self.verdict = .open
        case .refuse(let reason): (self.verdict, refusal) = (.refuse, reason)
        }
    }
}

extension Channel where Body == GiveBookingCode {
    package static var giveBookingCode: Self { Self(of: "lock-controller", named: "booking-code-give") }
}

extension Channel where Body == BookingCodeGiven {
    package static var bookingCodes: Self { Self(of: "lock-controller", named: "booking-code") }
}

extension Channel where Body == CodeEntered {
    package static var codes: Self { Self(of: "keypad", named: "code") }
}
