import Contracts
import HTTP
import ServiceKit
import Sheets

/// By what a clerk looks for somebody without a card. There is no list of everybody: whoever looks knows something of the person already.
enum SearchKind: String {
    /// Reading and birth date, both.
    case birth
    /// All of a household (世帯).
    case household
    /// The number a list of the town knows the person by.
    case number
}

extension FindPersons {
    /// - Parameter form: as it was typed.
    init(by kind: SearchKind, _ form: [String: String]) throws(Fault) {
        self.init()
        func text(_ name: String) throws(Fault) -> String {
            guard let text = form[name], !text.isEmpty else { throw Fault("空欄があります。", "Something was left empty.") }
            return text
        }
        switch kind {
        case .birth: (reading, born) = (try text("reading"), try writtenDate(try text("born")))
        case .household: household = try text("household")
        case .number: (list, number) = (Name(try text("list")), try text("number"))
        }
    }
}

/// A birth date as clerks write it.
func writtenDate(_ text: String) throws(Fault) -> CalendarDate {
    switch japaneseDate(text) {
    case .success(let date): return date
    case .failure(let fault):
        throw Fault(
            "生年月日「\(text)」が読み取れません。S29.3.1、昭和29年3月1日、1954-03-01 のように入れてください。<br><small lang=\"en\">\(fault.description)</small>",
            "The birth date: \(fault.description)")
    }
}

extension Portal {
    func findPeople(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let form = call.request.form
        let (counter, account) = (try counter(of: call, form), try account(of: call))
        guard let kind = form["by"].flatMap(SearchKind.init(rawValue:)) else { throw Page.notFound }
        let search: FindPersons
        do throws(Fault) { search = try FindPersons(by: kind, form) } catch { throw Page.wrong(error.phrase[call.tongue]) }
        func next(_ list: PersonList) -> FindPersons? {
            var following = search
            following.after = list.persons.last?.person
            return list.more && following.after != nil ? following : nil
        }
        return try askAll(search, on: .findPersons, as: .registrar, for: call, in: turn, next: next) { lists, turn in
            let found = lists.flatMap(\.persons)
            for brief in found { try noteLook(.person, by: account, as: .registrar, person: brief.person, in: turn) }
            // Whoever held a card before is not meant here.
            counters.clear(counter)
            return try withCards(counter, call, in: turn) { _, turn in try foundPage(call, counter, found, at: turn.now) }
        }
    }

    private func foundPage(_ call: Call, _ counter: Counter, _ found: [PersonBrief], at now: Instant) throws -> Response {
        let title = call("探した結果", "Who was found")
        guard !found.isEmpty else {
            return try counterPage(
                call, counter, title, at: now,
                """
                <p role="status">\(call("該当する人はいません。フリガナと生年月日は両方とも合っている必要があります。", "Nobody. Reading and birth date must both be right."))</p>
                <p class="screen"><a class="button" href="\(path("new", of: counter, call))">\(call("新しい人を登録する", "Enrol somebody new"))</a></p>
                """)
        }
        let rows = found.map { brief -> HTML in
            """
            <label class="card"><input type="radio" name="person" value="\(brief.person)" required\(found.count == 1 ? HTML(" checked") : "")>
            <span>\(brief.line(call.tongue))</span></label>

            """
        }
        return try counterPage(
            call, counter, title, at: now,
            """
            <p role="status">\(call("\(found.count)人見つかりました。", "\(found.count) found."))</p>
            <form id="open" method="post" action="\(call.path("people/open"))">\(call.csrf)\(readerField(counter))
            <fieldset class="choices"><legend>\(call("だれのファイルですか", "Whose file"))</legend>\(rows)</fieldset>
            \(whyField("why-found", call))<button class="main">\(call("ファイルを開く", "Open the file"))</button></form>
            """)
    }

    /// Opens a file: of the holder of the card that is held, or of somebody who was found.
    func openFile(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let form = call.request.form
        let counter = try counter(of: call, form)
        guard let why = form["why"], !why.isEmpty else {
            throw Page.wrong(call("ファイルを見る理由を入れてください。", "Say why the file is looked at."))
        }
        if let person = form["person"].flatMap({ PersonID($0) }) {
            return open(ShowPerson(person, why: why), at: counter, call, now: turn.now)
        }
        do throws(Fault) {
            return open(ShowPerson(tap: try heldTap(call, at: counter, in: turn), why: why), at: counter, call, now: turn.now)
        } catch { throw Page.wrong(error.phrase[call.tongue]) }
    }

    func open(_ look: ShowPerson, at counter: Counter, _ call: Call, said: Phrase? = nil, now: Instant) -> Answer {
        let id = newID(call, at: now)
        counters.files[id] = OpenFile(counter: counter, look: look, until: now + Counters.patienceForFiles, said: said)
        return back(to: counter, "file/\(id)", call)
    }
}
