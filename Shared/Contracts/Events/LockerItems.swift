package enum LockerKind {}
/// A bank of compartments (ロッカー) with one reader. Each compartment is a door with a lock of its own.
package typealias LockerID = Name<LockerKind>

/// The number of a thing in somebody else's books: of a copy, a receipt, a parcel. Letters, digits and `-` alone: a title has no place here.
package struct ItemNumber: Hashable, Sendable, WrittenAsText {
    package static var form: String { "an item's number: letters, digits and -, at most 32 characters" }
    package static var pattern: String { "^[0-9A-Za-z][0-9A-Za-z-]{0,31}$" }
    package static var sample: String { "0" }
    package let text: String

    package init?(_ text: some StringProtocol) {
        let isFine = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isFine, (1...32).contains(text.utf8.count), text.utf8.first != UInt8(ascii: "-") else { return nil }
        self.text = String(text)
    }

    package var description: String { text }
}

/// One thing in a compartment, for the holders of some cards and for some persons.
package struct LockerItem: Codable, Sendable, Equatable {
    package enum State: String, Codable, Sendable, CaseIterable {
        /// The compartment is its own; staff have not put it in yet.
        case reserved
        /// It waits for whoever it is for.
        case filled
        /// It has waited long enough, and staff are to take it back.
        case expired
        case collected
        /// Staff took it back.
        case returned
        /// Staff have said that the compartment is empty.
        case released

        /// Whether the compartment is its own.
        package var isThere: Bool { self == .reserved || self == .filled || self == .expired }
    }

    package var compartment: DoorID
    package var id: EventID
    package var locker: LockerID
    package var number: ItemNumber?
    package var persons: [PersonID]?
    package var state: State
    package var tokens: [Token]
    /// What came of the last order to open the compartment, where it was not opened.
    package var trouble: DoorOutcome.Result?
    /// From here on nobody but staff opens it.
    package var until: Instant

    package init(
        id: EventID, locker: LockerID, compartment: DoorID, number: ItemNumber? = nil, state: State, tokens: [Token],
        persons: [PersonID]? = nil, until: Instant, trouble: DoorOutcome.Result? = nil
    ) {
        self.id = id
        self.locker = locker
        self.compartment = compartment
        self.number = number
        self.state = state
        self.tokens = tokens
        self.persons = persons
        self.until = until
        self.trouble = trouble
    }
}

/// What happened to an item in a locker, and the whole item as it is after it: what the people it is for are told from.
package struct LockerItemChanged: EventBody {
    package static let type = "locker-item"

    package enum Status: String, Codable, Sendable, CaseIterable {
        case reserved
        /// It can be collected now.
        case filled
        /// Its time is nearly over.
        case reminder
        /// It waits longer.
        case extended
        case expired
        case collected
        case returned
        case released
        /// Its compartment did not open. The item is where it was.
        case stuck
    }

    /// Whose command it was, if it was one.
    package var by: UserID?
    package var item: LockerItem
    package var status: Status

    package init(item: LockerItem, status: Status, by: UserID? = nil) {
        self.item = item
        self.status = status
        self.by = by
    }
}

/// Asks for a free compartment, which opens at once for whoever stands there to put the item in. Obeyed within ten seconds or not at all.
package struct PutLockerItem: CommandBody {
    package typealias Answer = LockerItemAnswer
    package static let type = "locker-put"
    /// Cards and persons of one item, at most.
    package static let limit = 20

    /// This one, and no other.
    package var compartment: DoorID?
    package var locker: LockerID
    package var number: ItemNumber?
    package var persons: [PersonID]?
    /// Empty where the item is for persons alone.
    package var tokens: [Token]
    /// As long as this locker keeps its items, if absent.
    package var until: Instant?

    package init(
        locker: LockerID, tokens: [Token], persons: [PersonID]? = nil, compartment: DoorID? = nil, number: ItemNumber? = nil,
        until: Instant? = nil
    ) {
        self.locker = locker
        self.tokens = tokens
        self.persons = persons
        self.compartment = compartment
        self.number = number
        self.until = until
    }
}

/// Does something with the item that is in a compartment.
package struct ChangeLockerItem: CommandBody {
    package typealias Answer = LockerItemAnswer
    package static let type = "locker-change"

    package enum Action: String, Codable, Sendable, CaseIterable {
        /// Opens the compartment for staff, within ten seconds or not at all.
        case takeBack = "take-back"
        /// The compartment is empty: somebody has looked.
        case release
        /// It waits until `until`.
        case extend
    }

    package var action: Action
    package var compartment: DoorID
    package var until: Instant?

    package init(_ action: Action, compartment: DoorID, until: Instant? = nil) {
        self.action = action
        self.compartment = compartment
        self.until = until
    }
}

/// The item that a command put or changed.
package struct LockerItemAnswer: Codable, Sendable, Equatable {
    package var item: LockerItem

    package init(item: LockerItem) { self.item = item }
}

/// Asks for the items that are in compartments, in the order of these, at most 20 an answer.
package struct ListLockerItems: CommandBody {
    package typealias Answer = LockerItemList
    package static let type = "locker-list"

    /// The last compartment of the answer before, to get the next ones.
    package var after: DoorID?
    package var locker: LockerID?

    package init(locker: LockerID? = nil, after: DoorID? = nil) {
        self.locker = locker
        self.after = after
    }
}

/// Items, and whether there are more behind them.
package struct LockerItemList: Codable, Sendable, Equatable {
    package var items: [LockerItem]
    package var more: Bool

    package init(items: [LockerItem], more: Bool) {
        self.items = items
        self.more = more
    }
}

/// How long a locker keeps an item: so many hours, or to the end of a day.
package enum Keeping: Hashable, Sendable {
    case time(Duration)
    /// 0 is the day it was put in.
    case days(Int)

    package func end(from start: Instant, _ offset: UTCOffset) -> Instant {
        switch self {
        case .time(let time): return start + time
        case .days(let days):
            let shift = Int64(offset.minutes) * 60_000
            let day = (start.milliseconds + shift).quotientAndRemainder(flooringBy: 86_400_000).quotient
            return Instant(milliseconds: (day + Int64(days) + 1) * 86_400_000 - shift)
        }
    }
}

extension Channel where Body == LockerItemChanged {
    package static var lockerItems: Self { Self(of: "lock-controller", named: "locker-item") }
}

extension Channel where Body == PutLockerItem {
    package static var putLockerItem: Self { Self(of: "lock-controller", named: "locker-put") }
}

extension Channel where Body == ChangeLockerItem {
    package static var changeLockerItem: Self { Self(of: "lock-controller", named: "locker-change") }
}

extension Channel where Body == ListLockerItems {
    package static var listLockerItems: Self { Self(of: "lock-controller", named: "locker-list") }
}
