import Contracts
import HTTP
import ServiceKit

/// Somebody of whom the directory knows nothing yet: first the form, then the card.
extension Portal {
    /// - Parameters:
    ///   - fault: why it was not taken; what was typed stays.
    ///   - similar: whoever has the same reading and birth date.
    func enrolPage(
        _ call: Call, _ form: EnrolForm, fault: HTML? = nil, similar: [PersonBrief] = [], in turn: borrowing Turn
    ) throws -> Answer {
        let counter = try counter(of: call, call.request.method == "POST" ? call.request.form : call.request.query)
        return try withCards(counter, call, in: turn) { held, turn in
            try counterPage(
                call, counter, call("新しい人を登録する", "Enrol somebody new"), status: fault == nil ? 200 : 422, at: turn.now,
                """
                \(Self.fault(fault))<form id="enrol" method="post" action="\(call.path("people/new"))">\(call.csrf)\(readerField(counter))
                \(form.html(call))\(warning(similar, call))</form>
                \(heldPiece(counter, held.last, call.tongue))
                <p class="row"><button class="main" form="enrol" name="act" value="card">\(call("このカードの人として登録する", "Enrol with the held card"))</button>
                <button form="enrol" name="act" value="bare">\(call("カードなしで登録する", "Enrol without a card"))</button></p>
                """)
        }
    }

    private func warning(_ similar: [PersonBrief], _ call: Call) -> HTML {
        guard !similar.isEmpty else { return "" }
        let rows = similar.map { HTML("<li>\($0.line(call.tongue))</li>\n") }
        return """
            <div id="similar" class="notice warn" role="alert"><p>\(call("フリガナと生年月日が同じ人がいます。", "Somebody has the same reading and birth date."))</p><ul>\(rows)</ul>
            <p class="choices"><label><input type="checkbox" name="even" value="1"> \(call("別の人だと確かめました。それでも登録します。", "I have made sure that it is somebody else. Enrol anyway."))</label></p></div>
            """
    }

    func enrol(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let fields = call.request.form
        let (form, counter) = (EnrolForm(fields), try counter(of: call, fields))
        guard let station = try account(of: call).station(.registrar) else { throw Page.notYours }
        let wish: PutPerson
        do throws(Fault) {
            let tap = fields["act"] == "card" ? try heldTap(call, at: counter, in: turn) : nil
            wish = try form.wish(tap: tap, evenIfSimilar: fields["even"] == "1")
        } catch { return try enrolPage(call, form, fault: error.phrase[call.tongue], in: turn) }
        try send(wish, on: .putPerson, as: station, for: call, in: turn) { outcome, turn in
            let shown: Answer
            switch outcome {
            case .accepted(let answer):
                if wish.tap != nil { try clearCards(counter, in: turn) }
                let why = call.tongue == .en ? "to check what was enrolled" : "新規登録の確認"
                shown = open(
                    ShowPerson(answer.person.person, why: why), at: counter, call, said: Phrase("登録しました。", "Enrolled."), now: turn.now)
            case .refused("similar", let text): shown = try showSimilar(wish.facts, text, form, call, in: turn)
            case .refused(let word, let text):
                shown = try enrolPage(call, form, fault: Phrase(refusal: word, of: "resident-directory", text)[call.tongue], in: turn)
            case .unknown: shown = .page(frame.unanswered(by: "resident-directory", call))
            }
            answer(call, shown, in: turn)
        }
        return .later
    }

    /// They are looked for by what was typed, and so seen by name: whoever enrols somebody says that it is none of them.
    private func showSimilar(
        _ facts: PersonFacts, _ text: String, _ form: EnrolForm, _ call: Call, in turn: borrowing Turn
    ) throws -> Answer {
        let account = try account(of: call)
        var search = FindPersons()
        (search.reading, search.born) = (facts.reading, facts.born)
        return try ask(search, on: .findPersons, as: .registrar, for: call, in: turn) { found, turn in
            for brief in found.persons { try noteLook(.person, by: account, as: .registrar, person: brief.person, in: turn) }
            let fault = Phrase(refusal: "similar", of: "resident-directory", text)[call.tongue]
            return try enrolPage(call, form, fault: fault, similar: found.persons, in: turn)
        }
    }
}
