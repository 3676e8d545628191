import Contracts
import HTTP
import ServiceKit

/// What a clerk does with an open file. Whoever it is about was said by the directory when it was opened, and is not taken from the form.
extension Portal {
    func actOnFile(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let form = call.request.form
        guard let (id, open) = try file(of: call, in: turn), let person = open.look.person else {
            return back(to: try counter(of: call, form), "", call, "late")
        }
        if form["act"] == "close" {
            counters.files[id] = nil
            try clearCards(open.counter, in: turn)
            return back(to: open.counter, "", call, "closed")
        }
        let wish: FileWish
        do throws(Fault) {
            wish = try FileWish(form, of: person) { () throws(Fault) in try heldTap(call, at: open.counter, in: turn) }
        } catch { return try filePage(call, id, open, fault: error.phrase[call.tongue], in: turn) }
        return try give(wish, call, id, open, in: turn)
    }

    private func give(_ wish: FileWish, _ call: Call, _ id: EventID, _ open: OpenFile, in turn: borrowing Turn) throws -> Answer {
        func give<Body: CommandBody>(_ data: Body, _ channel: Channel<Body>, usesCard: Bool = false, _ done: Phrase) throws -> Answer {
            try ask(
                data, on: channel, as: .registrar, for: call, in: turn,
                refused: { sentence, turn in try filePage(call, id, open, fault: sentence, in: turn) }
            ) { _, turn in
                counters.files[id]?.said = done
                counters.files[id]?.until = turn.now + Counters.patienceForFiles
                if usesCard { try clearCards(open.counter, in: turn) }
                return back(to: open.counter, "file/\(id)", call)
            }
        }
        switch wish {
        case .link(let link):
            return try give(link, .linkCard, usesCard: true, Phrase("カードを登録しました。", "The card is this person's now."))
        case .replace(let replace):
            return try give(replace, .replaceCard, usesCard: true, Phrase("カードを交換しました。", "The card is exchanged."))
        case .mark(let mark):
            return try give(mark, .markCard, Phrase("カードの状態を変えました：\(mark.status.phrase.ja)", "The card: \(mark.status.phrase.en)"))
        case .part(let part): return try give(part, .relate, Phrase("関係を解消しました。", "The relation is ended."))
        case .consent(let consent):
            let done = consent.given ? Phrase("同意を記録しました。", "The consent is noted.") : Phrase("撤回を記録しました。", "Noted: agrees no more.")
            return try give(consent, .setConsent, usesCard: consent.tap != nil, done)
        case .undo(let undo): return try give(undo, .undoRuling, Phrase("取り消しました。", "Taken back."))
        }
    }
}

/// What the form of an open file asks of the directory.
enum FileWish {
    case link(LinkCard)
    case replace(ReplaceCard)
    case mark(MarkCard)
    case part(Relate)
    case consent(SetConsent)
    case undo(UndoRuling)

    /// - Parameter tap: the card that is held.
    init(_ form: [String: String], of person: PersonID, tap: () throws(Fault) -> EventID) throws(Fault) {
        func why() throws(Fault) -> String {
            guard let why = form["why"], !why.isEmpty else { throw Fault("理由を入れてください。", "Say why.") }
            return why
        }
        func born() throws(Fault) -> CalendarDate? {
            guard let text = form["born"], !text.isEmpty else { return nil }
            return try writtenDate(text)
        }
        let unreadable = Fault("画面を開き直してください。", "Open the page again.")
        func card() throws(Fault) -> Token {
            guard let card = form["card"].flatMap({ Token($0) }) else { throw unreadable }
            return card
        }
        switch form["act"] {
        case "link": self = .link(LinkCard(try tap(), to: person, born: try born()))
        case "replace":
            let (born, why, card) = (try born(), try why(), try card())
            self = .replace(ReplaceCard(new: try tap(), person: person, oldCard: card, born: born, why: why))
        case "mark":
            guard let status = form["status"].flatMap(CardFile.Status.init(rawValue:)) else { throw unreadable }
            self = .mark(MarkCard(status, card: try card(), why: try why()))
        case "part":
            guard let kind = form["kind"].flatMap(RelationKind.init(rawValue:)), let one = form["one"].flatMap({ PersonID($0) }),
                let other = form["other"].flatMap({ PersonID($0) }), one == person || other == person
            else { throw unreadable }
            self = .part(Relate(kind, person: one, to: other, why: try why(), ends: true))
        case "consent": self = .consent(try Self.consent(form, of: person, tap: tap))
        case "undo":
            guard let ruling = form["ruling"].flatMap({ EventID($0) }) else { throw unreadable }
            self = .undo(UndoRuling(ruling, why: try why()))
        default: throw unreadable
        }
    }

    private static func consent(
        _ form: [String: String], of person: PersonID, tap: () throws(Fault) -> EventID
    ) throws(Fault) -> SetConsent {
        let words = (form["kind"] ?? "").split(whereSeparator: { $0 == " " || $0 == "/" || $0 == "\u{3000}" })
        guard words.count == 2, let service = ServiceID(words[0]), let kind = Name<Consent>(words[1]) else {
            throw Fault("サービスと種類を空白で区切って入れてください。例 shelter care-needs", "Give service and kind with a space between: shelter care-needs")
        }
        guard let wording = form["wording"], !wording.isEmpty else { throw Fault("文面の版を入れてください。例 2026-04", "Say which wording: 2026-04") }
        guard let how = form["how"], ["tap", "paper", "phone"].contains(how) else {
            throw Fault("どのように示されたかを選んでください。", "Say how it was said.")
        }
        return SetConsent(
            service, kind, given: form["given"] == "1", person: person, tap: how == "tap" ? try tap() : nil, wording: wording, how: how)
    }
}
