/// What a clerk has decided for one door and one time, against its plan.
package struct DoorException: Codable, Sendable, Equatable {
    package enum Kind: String, Codable, Sendable, CaseIterable {
        /// Opens for the groups it names.
        case open
        /// Shuts the door for all but the groups it names, who keep the rights they have.
        case close
    }

    package var door: DoorID
    package var from: Instant
    /// `known` stands for whoever the directory knows, `public` for whoever has a card.
    package var groups: [GroupID]
    package var id: EventID
    package var kind: Kind
    package var to: Instant

    package init(id: EventID, _ kind: Kind, _ door: DoorID, from: Instant, to: Instant, groups: [GroupID]) {
        (self.id, self.kind, self.door, self.from, self.to, self.groups) = (id, kind, door, from, to, groups)
    }
}

/// An exception as clerks see it: with the reason, which is told to nobody else.
package struct ExceptionNote: Codable, Sendable, Equatable {
    package var exception: DoorException
    package var reason: String?

    package init(_ exception: DoorException, reason: String?) { (self.exception, self.reason) = (exception, reason) }
}

/// An exception was made or undone: the ruling behind each accepted exception command.
package struct DoorExceptionChanged: EventBody {
    package static let type = "door-exception"

    package enum Status: String, Codable, Sendable, CaseIterable { case made, undone }

    package var by: UserID
    package var exception: DoorException
    package var status: Status

    package init(_ exception: DoorException, _ status: Status, by: UserID) {
        (self.exception, self.status, self.by) = (exception, status, by)
    }
}

/// Opens or closes a door for a time. Of exceptions that concern the same card at the same moment, the one made last counts.
package struct AddException: CommandBody {
    package typealias Answer = ExceptionNote
    package static let type = "exception-add"
    /// Groups in one exception, at most.
    package static let limit = 20

    package var door: DoorID
    package var from: Instant
    package var groups: [GroupID]
    package var kind: DoorException.Kind
    package var reason: String?
    package var to: Instant

    package init(
        _ kind: DoorException.Kind, _ door: DoorID, from: Instant, to: Instant, groups: [GroupID], reason: String? = nil
    ) {
        (self.kind, self.door, self.from, self.to, self.groups, self.reason) = (kind, door, from, to, groups, reason)
    }
}

/// Takes an exception back, also while it holds.
package struct UndoException: CommandBody {
    package typealias Answer = ExceptionNote
    package static let type = "exception-undo"

    package var exception: EventID

    package init(exception: EventID) { self.exception = exception }
}

/// Asks for the exceptions that are not over, in the order in which they were made, at most 50 an answer.
package struct ListExceptions: CommandBody {
    package typealias Answer = ExceptionList
    package static let type = "exception-list"

    /// The last exception of the answer before, to get the next fifty.
    package var after: EventID?
    package var door: DoorID?

    package init(door: DoorID? = nil, after: EventID? = nil) { (self.door, self.after) = (door, after) }
}

/// Exceptions, and whether there are more behind them.
package struct ExceptionList: Codable, Sendable, Equatable {
    package var exceptions: [ExceptionNote]
    package var more: Bool

    package init(exceptions: [ExceptionNote], more: Bool) { (self.exceptions, self.more) = (exceptions, more) }
}

extension Channel where Body == DoorExceptionChanged {
    package static var doorExceptions: Self { Self(of: "lock-controller", named: "door-exception") }
}

extension Channel where Body == AddException {
    package static var addException: Self { Self(of: "lock-controller", named: "exception-add") }
}

extension Channel where Body == UndoException {
    package static var undoException: Self { Self(of: "lock-controller", named: "exception-undo") }
}

extension Channel where Body == ListExceptions {
    package static var listExceptions: Self { Self(of: "lock-controller", named: "exception-list") }
}
