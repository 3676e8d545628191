import Contracts
import Town

/// How old the lease of a door is, for people.
struct LeaseWords {
    let language: Language
    let now: Instant
    let offset: UTCOffset

    var heading: [String] {
        [("DOOR", "扉"), ("CARDS", "枚数"), ("ISSUED", "発行"), ("ENDS", "期限"), ("THE LOCK HAS", "錠の保持内容"), ("REVOKED", "失効")].map {
            Phrase($0, $1)[language]
        }
    }

    func row(_ door: DoorID, _ state: LeaseState?) -> [String] {
        guard let state else {
            return [door.text, "-", "-", "-", Phrase("nothing heard from lock-controller", "lock-controllerから未受信")[language], "-"]
        }
        return [
            door.text, "\(state.cards)", state.issued.minute(offset), state.expires.minute(offset), held(state), revoked(state),
        ]
    }

    private func held(_ state: LeaseState) -> String {
        guard let held = state.held else { return Phrase("no lease", "リースなし")[language] }
        guard held.expires > now else {
            return Phrase("a lease that is over: cut off, it opens for nobody", "期限切れ:切断時は誰にも開かない")[language]
        }
        let age = age(of: held.changes ?? held.lease)
        if held.lease == state.lease, held.changes == state.changes {
            return Phrase("all of it, \(age) old", "最新(\(age)前)")[language]
        }
        if held.lease == state.lease { return Phrase("the list, changes of \(age) ago", "一覧あり、変更は\(age)前まで")[language] }
        let end = held.expires.minute(offset)
        return Phrase("a list \(age) old, until \(end)", "\(age)前の一覧、\(end)まで")[language]
    }

    private func revoked(_ state: LeaseState) -> String {
        if state.revoked == 0 { return Phrase("none", "なし")[language] }
        if state.unaware == 0 { return Phrase("all \(state.revoked) known to this lock", "\(state.revoked)件すべて錠に到達")[language] }
        return Phrase(
            "\(state.unaware) of \(state.revoked) revocations not yet at this lock", "失効\(state.revoked)件中\(state.unaware)件が錠に未到達")[
                language]
    }

    /// A counter of lists looks like milliseconds since 1970, and for people that is near enough.
    private func age(of count: Int64) -> String {
        let minutes = max(0, (now.milliseconds - count) / 60_000)
        if minutes < 120 { return Phrase("\(minutes) min", "\(minutes)分")[language] }
        if minutes < 48 * 60 { return Phrase("\(minutes / 60) h", "\(minutes / 60)時間")[language] }
        return Phrase("\(minutes / 1440) days", "\(minutes / 1440)日")[language]
    }
}

extension PlainWords {
    func admission(_ admission: DoorAdmission) -> String {
        switch admission.refusal {
        case nil: Phrase("was opened by the lock's own lease", "錠がリースで開けた")[language]
        case .noLease: Phrase("stays shut, offline: the lock has no lease", "オフライン:リースなし")[language]
        case .expired: Phrase("stays shut, offline: the lease is over", "オフライン:リースの期限切れ")[language]
        case .clock: Phrase("stays shut, offline: the lock does not know the time", "オフライン:錠の時計が不明")[language]
        case .notProved: Phrase("stays shut, offline: the card did not prove itself", "オフライン:本物確認ができないカード")[language]
        case .noRight: Phrase("stays shut, offline: the card is not listed", "オフライン:権利なし")[language]
        case .notNow: Phrase("stays shut, offline: not the card's time", "オフライン:時間外")[language]
        }
    }

    func lease(_ state: LeaseState) -> String {
        let words = LeaseWords(language: language, now: state.at, offset: town.offset)
        let row = words.row("door", state)
        return Phrase("lease of \(state.cards) cards, the lock has \(row[4])", "リース\(state.cards)枚、錠:\(row[4])")[language]
    }
}
