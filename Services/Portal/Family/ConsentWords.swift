import Contracts

// What is agreed to, as it is asked. Whoever changes these words changes `Portal.wording` too.
extension Asked {
    /// One that the town has added goes by its own name.
    var title: Phrase { texts?.title ?? Phrase("\(service) \(kind)", "\(service) \(kind)") }
    var words: Phrase? { texts?.words }

    private var texts: (title: Phrase, words: Phrase)? {
        switch (service.text, kind.text) {
        case ("notifier", "school-gate"):
            (
                Phrase("登下校のお知らせ", "School gate", easy: "がっこうに いく・かえる"),
                Phrase(
                    "お子さんが校門でカードをかざすと、あなたに知らせます。", "You are told when your child's card is held at the school gate.",
                    easy: "こどもが がっこうに ついたら しらせます。")
            )
        case ("notifier", "ride"):
            (
                Phrase("バスの乗り降りのお知らせ", "Buses", easy: "バスに のる・おりる"),
                Phrase("お子さんがバスを乗り降りすると、あなたに知らせます。", "You are told when your child gets on or off a bus.", easy: "こどもが バスに のったら しらせます。")
            )
        case ("notifier", "safety"):
            (
                Phrase("災害のときの安否", "Safety in a disaster", easy: "\(ruby("災害", "さいがい"))の とき"),
                Phrase(
                    "あなたが避難所に着いたことを、互いに同意した家族に知らせます。", "Family who agreed too are told when you come to a shelter, and you of them.",
                    easy: "\(ruby("避難所", "ひなんじょ"))に ついたら かぞくに しらせます。")
            )
        case ("notifier", "silence"):
            (
                Phrase("見守り", "Watching over", easy: "みまもり"),
                Phrase(
                    "カードが何日も使われないとき、家族や町内会に知らせます。", "When your card is not used for days, your family or neighbours are told.",
                    easy: "カードを なんにちも つかわない とき、かぞくに しらせます。")
            )
        case ("notifier", "locker"):
            (
                Phrase("品物の受取", "Things to collect", easy: "にもつ"),
                Phrase("ロッカーに品物が入ると、あなたに知らせます。", "You are told when something for you is in a locker.", easy: "にもつが きたら しらせます。")
            )
        case ("notifier", "town"):
            (
                Phrase("町からのお知らせ", "Messages of the town", easy: "まちからの おしらせ"),
                Phrase(
                    "行事などのお知らせを送ります。災害時は同意がなくても送ります。", "Events and the like. In a disaster you are told in any case.",
                    easy: "まちの おしらせを おくります。")
            )
        case ("shelter", "care-needs"):
            (
                Phrase("避難所での配慮", "What a shelter should know", easy: "\(ruby("避難所", "ひなんじょ"))で しってほしい こと"),
                Phrase(
                    "車いすや薬など、配慮が必要なことを避難所の受付に伝えます。", "A shelter's desk is told of a wheelchair, of medicine and the like.",
                    easy: "くるまいす、くすりの ことを \(ruby("避難所", "ひなんじょ"))に つたえます。")
            )
        case ("shelter", "tell-safe"):
            (
                Phrase("安否の回答", "Whether you are safe", easy: "ぶじか どうか"),
                Phrase("尋ねた人に、あなたが無事かどうかを答えます。", "Whoever asks for you is told whether you are safe.", easy: "きいた ひとに ぶじか こたえます。")
            )
        case ("shelter", "tell-where"):
            (
                Phrase("居場所の回答", "Where you are", easy: "どこに いるか"),
                Phrase(
                    "尋ねた人に、あなたがいる避難所を答えます。", "Whoever asks for you is told at which shelter you are.",
                    easy: "きいた ひとに \(ruby("避難所", "ひなんじょ"))を こたえます。")
            )
        case ("shelter", "tell-contact"):
            (
                Phrase("連絡先の回答", "How to reach you", easy: "れんらくさき"),
                Phrase("尋ねた人に、あなたの連絡先を答えます。", "Whoever asks for you is told how to reach you.", easy: "きいた ひとに れんらくさきを おしえます。")
            )
        case ("analytics", "visits"):
            (
                Phrase("利用の統計", "Figures", easy: "\(ruby("数", "かず"))を しらべる"),
                Phrase(
                    "年代と地区だけを、施設の利用者数の統計に使います。名前は使いません。",
                    "Your age group and district count in the figures of the town's houses. Your name does not.",
                    easy: "なまえは つかいません。としと ばしょだけ つかいます。")
            )
        default: nil
        }
    }
}
