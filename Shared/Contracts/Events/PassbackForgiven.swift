/// Somebody, or everybody, was taken to be outside of a zone again: the ruling behind each accepted `passback-forgive`.
package struct PassbackForgiven: EventBody {
    package static let type = "passback-forgiven"

    package var by: UserID
    package var forgiven: ForgivePassback

    package init(_ forgiven: ForgivePassback, by: UserID) { (self.forgiven, self.by) = (forgiven, by) }
}

/// Takes somebody to be outside of a zone, whatever the readers have seen; everybody, where neither token nor person is given.
package struct ForgivePassback: CommandBody {
    package typealias Answer = Forgiven
    package static let type = "passback-forgive"

    package var person: PersonID?
    package var token: Token?
    package var zone: ZoneID

    package init(_ zone: ZoneID, token: Token? = nil, person: PersonID? = nil) {
        (self.zone, self.token, self.person) = (zone, token, person)
    }
}

/// How many were taken to be inside.
package struct Forgiven: Codable, Sendable, Equatable {
    package var count: Int

    package init(count: Int) { self.count = count }
}

extension Channel where Body == PassbackForgiven {
    package static var passbackForgiven: Self { Self(of: "lock-controller", named: "passback-forgiven") }
}

extension Channel where Body == ForgivePassback {
    package static var forgivePassback: Self { Self(of: "lock-controller", named: "passback-forgive") }
}
