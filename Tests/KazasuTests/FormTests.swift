import Contracts
import Testing

@testable import Kazasu

@Suite("What is asked about a person")
struct FormTests {
    private func draft(_ lines: String..., asked: Bool = false) throws -> (PersonDraft, err: String) {
        let recorder = Recorder()
        (recorder.input, recorder.isTerminal) = (lines, asked)
        return (try Form.person.read(into: PersonDraft(), recorder.console()), recorder.err)
    }

    @Test("A form is read with keys in either language, full-width colons and dates as clerks write them")
    func lines() throws {
        let (draft, _) = try draft(
            "# comment: name: x", "", "name: 長井 花子", "フリガナ：ナガイ ハナコ", " born : 昭和29年3月1日", "性別: 女", "languages: ja、pt-BR", "protected: yes",
            "channels: mail hanako@example.jp, phone 0238-00-0000", "address:", "residency: commuter")
        var expected = PersonDraft()
        expected.facts = Sample.facts("長井 花子", "ナガイ ハナコ", born: "1954-03-01")
        expected.facts.sex = .female
        expected.facts.languages = ["ja", "pt-BR"]
        expected.facts.isProtected = true
        expected.facts.channels = [Reach(.mail, "hanako@example.jp"), Reach(.phone, "0238-00-0000")]
        expected.residency = .commuter
        #expect(draft == expected)
    }

    @Test("A lone hyphen takes away what was there")
    func nothing() throws {
        let (draft, _) = try draft("address: -", "needs: -", "channels: －")
        #expect(draft.facts.address == "" && draft.facts.needs == [] && draft.facts.channels == [])
        #expect(draft.facts.name == nil)
    }

    @Test("All that is wrong with a form is said at once, each with its line and the next step")
    func faults() throws {
        let failure = #expect(throws: Failure.self) {
            try draft(
                "nmae: x", "born: 昭和65年1月1日", "no colon", "sex: x", "school: a", "school: b", "channels: pigeon 7", "standing: erased")
        }
        let text = failure?.description ?? ""
        for sentence in [
            "line 1: there is no field \"nmae\". Did you mean name?", "line 2, born: ", "line 3: no colon", "line 4, sex: \"x\" is none of",
            "line 6: school stands on line 5 already", "line 7, channels: \"pigeon 7\" does not begin with its way",
            "line 8, standing: \"erased\" is none of",
        ] { #expect(text.contains(sentence), "\(text)") }
    }

    @Test("On a terminal each field is asked for, and asked for again when it cannot be understood")
    func asked() throws {
        let (draft, err) = try draft("長井 花子", "", "S29.13.1", "S29.3.1", "", "", "", "", "", "", "", "", "", "", "", "", asked: true)
        #expect(draft.facts.name == "長井 花子" && draft.facts.born == Sample.born && draft.facts.sex == nil)
        #expect(err.components(of: "生年月日 born").count == 3, "\(err)")
    }

    @Test("Answers that end early send nothing")
    func endsEarly() { #expect(throws: Failure.self) { try draft("長井 花子", asked: true) } }

    @Test("An empty form is one that can be read, and says nothing")
    func blank() throws {
        let recorder = Recorder()
        recorder.input = Form.person.blank.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(try Form.person.read(into: PersonDraft(), recorder.console()) == PersonDraft())
        for field in Form.person.fields { #expect(Form.person.blank.contains("\n\(field.key):\n")) }
    }

    @Test("A line that is no UTF-8 or has no end is refused")
    func bytes() {
        #expect(throws: Failure.self) { try draft("name: \u{FFFD}\u{FFFD}") }
        #expect(throws: Failure.self) { try draft("name: " + String(repeating: "x", count: 5000)) }
    }
}

extension String {
    fileprivate func components(of separator: String) -> [String] {
        var parts = [""]
        var rest = self[...]
        while !rest.isEmpty {
            if rest.hasPrefix(separator) {
                parts.append("")
                rest = rest.dropFirst(separator.count)
            } else {
                parts[parts.count - 1].append(rest.removeFirst())
            }
        }
        return parts
    }
}
