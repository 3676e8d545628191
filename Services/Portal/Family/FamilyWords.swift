import Contracts

// What residents are told of messages, in their words.

extension Carriage {
    var phrase: Phrase {
        switch self {
        case .mail: Phrase("メール", "mail")
        case .line: Phrase("LINE", "LINE")
        case .push: Phrase("ブラウザの通知", "browser", easy: "ブラウザの おしらせ")
        case .webhook: Phrase("ほかの仕組み", "another system", easy: "ほかの しくみ")
        case .home: Phrase("家の端末", "device at home", easy: "いえの きかい")
        }
    }
}

extension NoticeWord {
    var phrase: Phrase {
        switch self {
        case .arrived: Phrase("登校しました", "arrived at school", easy: "がっこうに つきました")
        case .left: Phrase("下校しました", "left school", easy: "がっこうを でました")
        case .leftEarly: Phrase("早退しました", "left school early", easy: "はやく がっこうを でました")
        case .brought: Phrase("登園しました", "was brought", easy: "ほいくえんに つきました")
        case .collected: Phrase("お迎えがありました", "was collected", easy: "むかえが きました")
        case .notArrived: Phrase("登校が確認できていません", "not seen at school", easy: "がっこうに きていません")
        case .gateSilent: Phrase("校門の読取機が止まっています", "the gate's reader is silent", easy: "がっこうの きかいが とまっています")
        case .arrivedAfterAll: Phrase("登校を確認しました", "had arrived after all", easy: "がっこうに きていました")
        case .excused: Phrase("欠席の連絡がありました", "was reported absent", easy: "やすみの れんらくが ありました")
        case .boarded: Phrase("バスに乗りました", "got on the bus", easy: "バスに のりました")
        case .alighted: Phrase("バスを降りました", "got off the bus", easy: "バスを おりました")
        case .leftOnBoard: Phrase("降車が確認できません", "was not seen getting off", easy: "バスを おりていません")
        case .foundAlighted: Phrase("降車を確認しました", "had got off after all", easy: "バスを おりていました")
        case .silent: Phrase("見守り:カードが使われていません", "watch: the card is not used", easy: "みまもり:カードを つかっていません")
        case .silentUnknown: Phrase("見守り:確認できません", "watch: nobody knows", easy: "みまもり:わかりません")
        case .seenAgain: Phrase("見守り:カードが使われました", "watch: the card was used", easy: "みまもり:カードを つかいました")
        case .seenTo: Phrase("見守り:訪問して確認しました", "watch: somebody looked in", easy: "みまもり:いえに いきました")
        case .watchSummary: Phrase("見守り:月のまとめ", "watch: the month", easy: "みまもり:1かげつの まとめ")
        case .sheltered: Phrase("避難所に着きました", "came to a shelter", easy: "\(ruby("避難所", "ひなんじょ"))に つきました")
        case .leftShelter: Phrase("避難所を出ました", "left a shelter", easy: "\(ruby("避難所", "ひなんじょ"))を でました")
        case .itemReady: Phrase("品物を受け取れます", "something is ready to collect", easy: "にもつが とどきました")
        case .itemReminder: Phrase("品物の受取期限が近づいています", "collect it soon", easy: "にもつを とりに きて ください")
        case .town: Phrase("町からのお知らせ", "a message of the town", easy: "まちからの おしらせ")
        case .signIn: Phrase("このページへのリンク", "a link to this page", easy: "この ページの リンク")
        case .prove: Phrase("メールアドレスの確認", "a code for an address", easy: "メールアドレスの すうじ")
        case .wayChanged: Phrase("届け先の変更", "where messages reach you has changed", easy: "とどけさきが かわりました")
        case .probe: Phrase("配信テスト", "test message", easy: "テスト")
        }
    }
}

extension DeliveryLine.Stage {
    var phrase: Phrase {
        switch self {
        case .queued, .sending: Phrase("送信中", "on its way", easy: "おくっています")
        case .deferred: Phrase("送信をやり直しています", "tried again", easy: "もういちど おくります")
        case .sent: Phrase("送信済み", "sent", easy: "おくりました")
        case .failed: Phrase("届きませんでした", "could not be sent", easy: "とどきませんでした")
        case .withdrawn: Phrase("取りやめ", "not sent: not wanted any more", easy: "おくりません")
        case .late: Phrase("期限切れ", "not sent: too late", easy: "おそく なりました")
        case .perhaps: Phrase("送信済みかもしれません", "sent, perhaps", easy: "おくったか わかりません")
        case .followedUp: Phrase("職員が連絡しました", "staff has seen to it", easy: "\(ruby("役場", "やくば"))が れんらくしました")
        }
    }
}
