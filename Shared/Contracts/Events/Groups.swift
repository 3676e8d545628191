/// Who belongs to a group, or which doors it opens, was changed: the ruling behind each accepted `group-change`.
package struct GroupChanged: EventBody {
    package static let type = "group"

    package var by: UserID
    package var change: ChangeGroup

    package init(change: ChangeGroup, by: UserID) {
        self.change = change
        self.by = by
    }
}

/// Adds and removes cards and doors of a group (staff, a club). A group comes to be with its first card or door.
package struct ChangeGroup: CommandBody {
    package typealias Answer = GroupSummary
    package static let type = "group-change"
    /// Cards in one command, at most.
    package static let limit = 500

    package var addDoors: [DoorID]?
    package var addTokens: [Token]?
    package var group: GroupID
    package var removeDoors: [DoorID]?
    package var removeTokens: [Token]?

    package init(
        group: GroupID, addTokens: [Token]? = nil, removeTokens: [Token]? = nil, addDoors: [DoorID]? = nil, removeDoors: [DoorID]? = nil
    ) {
        self.group = group
        self.addTokens = addTokens
        self.removeTokens = removeTokens
        self.addDoors = addDoors
        self.removeDoors = removeDoors
    }
}

/// A group as it is now.
package struct GroupSummary: Codable, Sendable, Equatable {
    package var doors: [DoorID]
    package var group: GroupID
    /// How many cards; which ones stays with lock-controller.
    package var tokens: Int

    package init(group: GroupID, doors: [DoorID], tokens: Int) {
        self.group = group
        self.doors = doors
        self.tokens = tokens
    }
}

/// Asks for the groups after `after` in order of name, at most 50 an answer.
package struct ListGroups: CommandBody {
    package typealias Answer = GroupList
    package static let type = "group-list"

    package var after: GroupID?

    package init(after: GroupID? = nil) { self.after = after }
}

/// Groups, and whether there are more behind them.
package struct GroupList: Codable, Sendable, Equatable {
    package var groups: [GroupSummary]
    package var more: Bool

    package init(groups: [GroupSummary], more: Bool) {
        self.groups = groups
        self.more = more
    }
}

extension Channel where Body == GroupChanged {
    package static var groups: Self { Self(of: "lock-controller", named: "group") }
}

extension Channel where Body == ChangeGroup {
    package static var changeGroup: Self { Self(of: "lock-controller", named: "group-change") }
}

extension Channel where Body == ListGroups {
    package static var listGroups: Self { Self(of: "lock-controller", named: "group-list") }
}
