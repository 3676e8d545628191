import Contracts
import People
import Post
import Seal
import ServiceKit
import Store

/// Tells people what they want to know: a child at school, a parent who was not seen, a message of the town.
///
/// Rulings: `absence`, `school-day`, `watch`, `message`. Timers: `school-alarm`, `silence`. Acts: each delivery, once for a cause, a recipient and what is
/// told; how it ended is said in `delivery`. Addresses lie sealed in the database; names are looked up when a message leaves, and lie nowhere else.
package struct Notifier: Service {
    package typealias Input = Receipt
    package static let program: Program = "notifier"
    package static var migrations: [Migration] { [deliveryTables, schoolTables, watchTables, perhapsIndex, guardTables, ownLineTable] }

    let policy: NoticesPolicy
    let vault: Vault
    let sender: Sender

    /// As whom the town writes.
    package struct Sender: Sendable, Equatable {
        /// The town, as people call it.
        package var town: String
        /// `nil` where the town sends no mail.
        package var mailbox: Mailbox?
        package var returnPath: ReturnPath?
        /// Which others can be written to at all.
        package var ways: Set<Carriage>
        /// Whether people sign in at LINE.
        package var hasLineLogin = false

        package init(town: String, mailbox: Mailbox? = nil, returnPath: ReturnPath? = nil, ways: Set<Carriage> = []) {
            (self.town, self.mailbox, self.returnPath, self.ways) = (town, mailbox, returnPath, ways)
        }
    }

    package init(policy: NoticesPolicy, vault: Vault, sender: Sender) {
        (self.policy, self.vault, self.sender) = (policy, vault, sender)
    }

    package var reads: [Reading] {
        [
            on(.taps, notice),
            People<NoticeView>.reading(recognize),
            follow(.whereabouts, notice, drop: { _, _ in }),
            follow(.shelters, notice, drop: { _, _ in }),
            on(.lockerItems, notice),
            on(.leftOnBoard, notice),
            answer(.subscribe, subscribe),
            look(.listDeliveries, list),
            look(.listUnreached, list),
            answer(.noteBounce, note),
            answer(.probeAddresses, probe),
            answer(.followUp, followUp),
            look(.listPupils, list),
            answer(.reportAbsence, report),
            answer(.changeSchoolDay, change),
            answer(.putWatch, put),
            answer(.acknowledgeSilence, acknowledge),
            look(.listWatches, list),
            answer(.openMessage, open),
            answer(.decideMessage, decide),
            look(.countAudience, count),
            look(.listMessages, list),
            look(.showOwnNotices, showOwn),
            answer(.reportOwnAbsence, reportOwn),
            answer(.subscribeOwn, subscribeOwn),
            answer(.letIn, letIn),
            answer(.proveOwn, proveOwn),
            answer(.tellOwnReach, tellOwnReach),
            answer(.askOwnLine, askOwnLine),
            look(.findOwnLine, findOwnLine),
        ]
    }

    /// What came of a parcel.
    package func take(_ receipt: Receipt, in turn: borrowing Turn) throws {
        if try !settleOwnLine(receipt, in: turn) { try settle(receipt, in: turn) }
    }

    package func due(in turn: borrowing Turn) throws -> Instant? {
        try [
            watchGates(in: turn), listen(in: turn), lookAtWatches(in: turn), summarize(in: turn), workOnMessages(in: turn),
            sendProbes(in: turn), handOver(in: turn),
        ].compactMap(\.self).min()
    }

    package func publishStates(in turn: borrowing Turn) throws { try tellHomes(in: turn) }

    package func purge(in turn: borrowing Turn) throws {
        try hurryDeliveries(in: turn)
        try forgetDeliveries(in: turn)
        try forgetSchoolDays(in: turn)
        try forgetGates(in: turn)
        try forgetOwnLine(in: turn)
    }

    package func problems(in turn: borrowing Turn) throws -> [Problem] {
        try [backlogProblem(in: turn), perhapsProblem(in: turn), gateProblem(in: turn)].compactMap(\.self)
    }

    package func counters(in turn: borrowing Turn) throws -> [String: Int64] {
        let backlog = try backlog(in: turn.db)
        var counters = ["backlog": Int64(backlog.count), "perhaps-twice": Int64(backlog.perhapsTwice)]
        counters["oldest-unsent"] = backlog.oldest?.milliseconds
        return counters
    }
}
