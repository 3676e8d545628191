import Contracts

/// One row of a directory view: what one service is told of one person.
package protocol PersonView: EventBody {
    /// Of whom: persons, or visitors where nobody may know which person it is.
    associatedtype Kind: OpaqueKind

    static var channel: Channel<Self> { get }
    var person: OpaqueID<Kind> { get }
    /// The cards of this person; absent where the service knows nothing of the person any more.
    var tokens: [Token]? { get }
    /// Cards of this person that are not to be taken for anybody's.
    var barred: [Token]? { get }
    /// The person this one was found to be.
    var into: OpaqueID<Kind>? { get }
}

extension PersonView {
    package var barred: [Token]? { nil }
}

extension LockView: PersonView {
    package static var channel: Channel<Self> { .lockView }
}

extension ShelterView: PersonView {
    package static var channel: Channel<Self> { .shelterView }
}

extension PointsView: PersonView {
    package static var channel: Channel<Self> { .pointsView }
}

extension NoticeView: PersonView {
    package static var channel: Channel<Self> { .noticeView }
}

extension ReceptionView: PersonView {
    package static var channel: Channel<Self> { .receptionView }
}

extension VisitView: PersonView {
    package static var channel: Channel<Self> { .visitView }
    package var person: VisitorID { visitor }
    /// Visitors are never merged: two of them in the statistics stay two.
    package var into: VisitorID? { nil }
}
