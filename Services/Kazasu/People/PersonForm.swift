import Contracts
import Sheets

/// What a clerk writes of a person, on the way to a command.
struct PersonDraft: Equatable {
    var facts = PersonFacts()
    var residency: Residency?
    var standing: Standing?
}

/// What a clerk asks for people by.
struct Search {
    var born: CalendarDate?
    var household: String?
    var number: String?
    var reading: String?
}

extension Form where Draft == PersonDraft {
    /// Attributes such as a disability class are no part of it: the town's lists say them, with their days.
    static var person: Self {
        Self(
            title: Phrase(
                "A person, for kazasu person add or change. A lone - takes away what was there.", "住民の登録・変更票。「-」だけを書くと、その項目を消します。"),
            fields: [
                .text("name", "氏名", Phrase("as the register has it", "住民票のとおり"), \.facts.name),
                .text("reading", "フリガナ", Phrase("in kana; Latin letters where there is none", "カナがないときはローマ字"), \.facts.reading),
                .date("born", "生年月日", \.facts.born),
                .choice("sex", "性別", PersonFacts.Sex.allCases, \.facts.sex),
                .text("address", "住所", Phrase("as the register has it", "住民票のとおり"), \.facts.address),
                .text("district", "地区", Phrase("the neighbourhood", "町内・行政区"), \.facts.district),
                .text("household", "世帯番号", Phrase("the town's number of the household", "町が付けた番号"), \.facts.household),
                .text("school", "学校", Phrase("its name", "学校名"), \.facts.school),
                .text("class", "学級", Phrase("such as 3-2", "例 3-2"), \.facts.schoolClass),
                .list("languages", "言語", Phrase("the best first: ja, pt-BR", "得意な順。例 ja, pt-BR"), \.facts.languages),
                .list(
                    "needs", "配慮事項", Phrase("what a shelter should know: wheelchair, insulin", "避難所で必要な配慮。例 wheelchair, insulin"),
                    \.facts.needs),
                .channels("channels", "連絡先", \.facts.channels),
                .flag("protected", "支援措置", \.facts.isProtected),
                .choice("residency", "区分", Residency.allCases, \.residency),
                .choice("standing", "登録", [.provisional, .registered], \.standing),
            ])
    }
}

extension Form where Draft == Search {
    static var byBirth: Self {
        Self(
            title: Phrase("Who is looked for: both fields.", "検索する人。両方とも必要です。"),
            fields: [.text("reading", "フリガナ", Phrase("in kana", "カナ"), \.reading), .date("born", "生年月日", \.born)])
    }

    static var byHousehold: Self {
        Self(
            title: Phrase("Whose household is looked for.", "検索する世帯。"),
            fields: [.text("household", "世帯番号", Phrase("the town's number of the household", "町が付けた番号"), \.household)])
    }

    static var byNumber: Self {
        Self(
            title: Phrase("Who is looked for.", "検索する人。"),
            fields: [.text("number", "番号", Phrase("by which the list knows the person", "名簿の番号"), \.number)])
    }
}
