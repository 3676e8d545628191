import Contracts
import People
import ServiceKit
import Store

/// Gives points for taps by the town's rules, and takes what is spent: at shops, on buses, at a counter.
///
/// Rulings, all of them, in the order of this ledger: `transfer`, `payment`, `ride`, `run`, `left-on-board`, `campaign`, `settlement`. A tap is judged by
/// its own time, once; what was decided wrong is put right by new transfers. Nothing but opaque ids lies here.
package struct Points: Service {
    package static let program: Program = "points"
    package static var migrations: [Migration] { Ledger.migrations + tables + [rideTables] }

    let policy: PointsPolicy
    /// By the kind of purpose they are for; those that pay.
    let rules: [Name<Purpose>: [EarningRule]]

    package init(policy: PointsPolicy) {
        self.policy = policy
        var rules: [Name<Purpose>: [EarningRule]] = [:]
        for rule in policy.rules where !rule.isDraft {
            for kind in Set(rule.purposes.map(\.kind)) { rules[kind, default: []].append(rule) }
        }
        self.rules = rules
    }

    package var reads: [Reading] {
        [
            on(.taps, notice),
            People<PointsView>.reading(recognize),
            answer(.changePayment, change),
            look(.listPayments, list),
            look(.showPoints, show),
            look(.listEntries, list),
            answer(.movePoints, move),
            answer(.givePoints, give),
            answer(.exchangePoints, exchange),
            answer(.reverseTransfer, reverse),
            answer(.endRun, endRun),
            answer(.confirmAttendance, confirm),
            look(.tryRule, rehearse),
            look(.verifyLedger, verify),
            answer(.openCampaign, open),
            answer(.addLines, add),
            answer(.decideCampaign, decide),
            look(.reviewCampaign, review),
            look(.listCampaigns, list),
            look(.showSettlement, show),
            answer(.closeSettlement, close),
            look(.listSettlements, list),
            look(.showOwnPoints, showOwn),
        ]
    }

    package func due(in turn: borrowing Turn) throws -> Instant? {
        try [expirePayments(in: turn), expireReservations(in: turn), expireLots(in: turn), workOnCampaigns(in: turn), endRuns(in: turn)]
            .compactMap(\.self).min()
    }

    package func purge(in turn: borrowing Turn) throws {
        try forgetTaps(in: turn)
        try forgetRides(in: turn)
    }

    package func counters(in turn: borrowing Turn) throws -> [String: Int64] {
        ["transfers": try Ledger.newest(in: turn.db)]
    }
}
