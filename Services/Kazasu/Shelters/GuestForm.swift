import Contracts

extension Form where Draft == GuestFacts {
    /// A guest: somebody at a shelter of whom the town's directory knows nothing, or not yet.
    static var guest: Self {
        Self(
            title: Phrase("A guest at a shelter. A lone - takes away what was there.", "避難者(カードのない人)の登録票。「-」だけを書くと、その項目を消します。"),
            fields: [
                .text("name", "氏名", Phrase("or something to call them by", "または呼び名"), \.name),
                .text("reading", "ふりがな", Phrase("in kana", "かな"), \.reading),
                Field("age", "年齢", Phrase("in years, about", "おおよその歳")) { draft, text in
                    guard let age = writtenAge(text) else { return "\(quoted(text)) is no age. Write the years, 0 to 130." }
                    draft.age = age
                    return nil
                },
                .choice("sex", "性別", PersonFacts.Sex.allCases, \.sex),
                .text("district", "住所地区", Phrase("where they live in this town", "町内の地区"), \.district),
                .text("town", "市町村", Phrase("if they are from elsewhere", "町外の場合"), \.town),
            ])
    }
}

/// `72`, `72歳`, `７２`
func writtenAge(_ text: String) -> Int? {
    Int(narrowed(text.trimmed).filter { $0 != "歳" && $0 != "才" }).flatMap { (0...130).contains($0) ? $0 : nil }
}
