/// How a lock and its door are, as far as its sensors tell: what has changed, or all it knows. Repeated, under the same id, until it is answered.
package struct LockCondition: ReportBody {
    package typealias Answer = Done
    package static let type = "condition"

    package enum Bolt: String, Codable, Sendable, CaseIterable {
        case locked
        case unlocked
        /// It was told to move and is neither here nor there.
        case jammed
    }

    package enum Contact: String, Codable, Sendable, CaseIterable { case closed, open }

    /// Charge in percent, 0 to 100.
    package var battery: Int?
    package var bolt: Bolt?
    /// The door contact (扉開閉センサー).
    package var contact: Contact?
    /// The exit button (退室ボタン) was pressed just now.
    package var exit: Bool?
    /// The housing is open or torn off the wall; `false` when it is in order again.
    package var tamper: Bool?

    package init(bolt: Bolt? = nil, contact: Contact? = nil, battery: Int? = nil, exit: Bool? = nil, tamper: Bool? = nil) {
        self.battery = battery
        self.bolt = bolt
        self.contact = contact
        self.exit = exit
        self.tamper = tamper
    }
}

extension Channel where Body == LockCondition {
    package static var lockConditions: Self { Self(of: "lock", named: "condition") }
}
