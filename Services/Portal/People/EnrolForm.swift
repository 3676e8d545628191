import Contracts
import HTTP

/// What is written of somebody new, as it was typed.
struct EnrolForm {
    private(set) var fields: [String: String] = [:]

    init() {}
    init(_ fields: [String: String]) { self.fields = fields }

    subscript(_ name: String) -> String { fields[name] ?? "" }

    /// Those that are a line of text, in the order in which a clerk asks.
    static let texts: [(name: String, title: Phrase, hint: Phrase?)] = [
        ("name", Phrase("氏名", "Name"), Phrase("住民票のとおり", "as the register has it")),
        ("reading", Phrase("フリガナ", "Reading"), Phrase("カナがないときはローマ字", "in kana; Latin letters where there is none")),
        ("born", Phrase("生年月日", "Birth date"), Phrase("S29.3.1、昭和29年3月1日、1954-03-01", "S29.3.1 or 1954-03-01")),
        ("address", Phrase("住所", "Address"), Phrase("住民票のとおり", "as the register has it")),
        ("district", Phrase("地区", "District"), nil), ("household", Phrase("世帯番号", "Household"), nil),
        ("school", Phrase("学校", "School"), nil), ("class", Phrase("学級", "Class"), Phrase("例 3-2", "such as 3-2")),
        ("languages", Phrase("言語", "Languages"), Phrase("得意な順。例 ja, pt-BR", "the best first: ja, pt-BR")),
        ("needs", Phrase("避難所で必要な配慮", "What a shelter should know"), Phrase("例 wheelchair, insulin", "such as wheelchair, insulin")),
        ("mail", Phrase("メール", "Mail"), nil), ("phone", Phrase("電話", "Telephone"), nil),
    ]

    /// - Parameter tap: of the card that becomes theirs.
    func wish(tap: EventID?, evenIfSimilar: Bool) throws(Fault) -> PutPerson {
        var facts = PersonFacts()
        func text(_ name: String) -> String? { self[name].isEmpty ? nil : self[name] }
        func list(_ name: String) -> [String]? {
            let parts = self[name].split(whereSeparator: { ",、，".contains($0) }).map { String($0.drop { $0 == " " || $0 == "\u{3000}" }) }
            return parts.isEmpty ? nil : parts
        }
        (facts.name, facts.reading, facts.address, facts.district) = (text("name"), text("reading"), text("address"), text("district"))
        (facts.household, facts.school, facts.schoolClass) = (text("household"), text("school"), text("class"))
        (facts.languages, facts.needs) = (list("languages"), list("needs"))
        if let born = text("born") { facts.born = try writtenDate(born) }
        facts.sex = text("sex").flatMap(PersonFacts.Sex.init(rawValue:))
        facts.isProtected = self["protected"] == "1" ? true : nil
        let channels = [text("mail").map { Reach(.mail, $0) }, text("phone").map { Reach(.phone, $0) }].compactMap(\.self)
        facts.channels = channels.isEmpty ? nil : channels
        return PutPerson(
            nil, facts, residency: text("residency").flatMap(Residency.init(rawValue:)),
            standing: text("standing").flatMap(Standing.init(rawValue:)), tap: tap, evenIfSimilar: evenIfSimilar ? true : nil)
    }

    /// The fields, with what was typed.
    func html(_ call: Call) -> HTML {
        let texts = Self.texts.map { name, title, hint -> HTML in
            let words = hint.map { HTML("<p class=\"hint\" id=\"\(name)-hint\">\($0[call.tongue])</p>") }
            return """
                <div class="field"><label for="\(name)">\(title[call.tongue])</label>\(words)<input id="\(name)" name="\(name)" value="\(self[name])" maxlength="200" autocomplete="off"\(hint == nil ? "" : HTML(" aria-describedby=\"\(name)-hint\""))></div>

                """
        }
        func select(_ name: String, _ title: HTML, _ options: [(String, Phrase)]) -> HTML {
            let options = options.map { value, words -> HTML in
                "<option value=\"\(value)\"\(self[name] == value ? HTML(" selected") : "")>\(words[call.tongue])</option>"
            }
            return
                "<div class=\"field\"><label for=\"\(name)\">\(title)</label><select id=\"\(name)\" name=\"\(name)\">\(options)</select></div>\n"
        }
        return """
            <div class="row">\(texts)
            \(select("sex", call("性別", "Sex"), PersonFacts.Sex.allCases.reversed().map { ($0.rawValue, $0.phrase) }))\(select("residency", call("区分", "Residency"), Residency.allCases.map { ($0.rawValue, $0.phrase) }))\(select("standing", call("登録", "Standing"), [Standing.registered, .provisional].map { ($0.rawValue, $0.phrase) }))</div>
            <fieldset class="choices"><legend>\(call("支援措置", "Protection"))</legend><label><input type="checkbox" name="protected" value="1"\(self["protected"] == "1" ? HTML(" checked") : "")> \(call("所在をだれにも伝えない", "Tell nobody where this person is"))</label></fieldset>
            """
    }
}
