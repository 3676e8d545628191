/// Has every service told again what it is to know of everybody: one of them has lost it, or the directory was put back from an older copy.
package struct TellAgain: CommandBody {
    package typealias Answer = Done
    package static let type = "tell-again"

    package var why: String

    package init(why: String) { self.why = why }
}

extension Channel where Body == TellAgain {
    package static var tellAgain: Self { Self(of: "resident-directory", named: "tell-again") }
}
