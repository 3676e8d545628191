import Contracts

/// The product's own words. A town may write its own for each (`notices: texts:`).
extension NoticeWord {
    func text(in tongue: Tongue) -> NoticeText { tongue.isJapanese ? japanese : english }

    private var japanese: NoticeText {
        switch self {
        case .arrived: text("【{school}】登校のお知らせ", "{name}が{date} {time}に{school}に着きました。")
        case .left: text("【{school}】下校のお知らせ", "{name}が{date} {time}に{school}を出ました。")
        case .leftEarly: text("【{school}】早退のお知らせ", "{name}が{date} {time}に{school}を早退しました。")
        case .brought: text("【{school}】登園のお知らせ", "{name}が{date} {time}に{school}に着きました（送り：{by}）。")
        case .collected: text("【{school}】お迎えのお知らせ", "{name}が{date} {time}に{school}を出ました（お迎え：{by}）。")
        case .notArrived:
            text(
                "【{school}】登校が確認できていません",
                "{date} {time}の時点で、{name}の登校が確認できていません。\nお休みのときや、カードをかざし忘れたことが考えられるときは、学校へご連絡ください。")
        case .gateSilent:
            text(
                "【{school}】校門の読み取り機が止まっています",
                "{school}の校門の読み取り機から{since}以降連絡がなく、登校の確認ができません。\nお子さまが来ていないというお知らせではありません。確認でき次第お知らせします。")
        case .arrivedAfterAll: text("【{school}】登校を確認しました", "先ほどお知らせした{name}は、{date} {time}に{school}に着いていました。")
        case .excused: text("【{school}】お休みの連絡がありました", "先ほどお知らせした{name}について、{date} {time}にお休みの連絡を受けました。")
        case .boarded: text("【{line}】乗車のお知らせ", "{name}が{date} {time}に{line}に乗りました。")
        case .alighted: text("【{line}】降車のお知らせ", "{name}が{date} {time}に{line}を降りました。")
        case .leftOnBoard:
            text("【至急】{line} 降車が確認できません", "{name}が{date} {time}に{line}に乗ったあと、降りたことが確認できていません。\n車内をすぐに確認してください。")
        case .foundAlighted: text("【{line}】降車を確認しました", "先ほどお知らせした{name}は、{date} {time}に{line}を降りていました。")
        case .silent:
            text(
                "【見守り】{name}のご様子をご確認ください",
                "{name}のカードが{days}日間使われていません（最後は{since}）。\n電話や訪問でご様子をご確認のうえ、役場へお知らせください。")
        case .silentUnknown:
            text(
                "【見守り】確認できない方がいます",
                "{name}のカードが{days}日間使われていません（最後は{since}）。\nただし、その間に連絡のとれない読み取り機があり、使われていないとは言い切れません。")
        case .seenAgain: text("【見守り】カードが使われました", "{name}のカードが{date} {time}に使われました。見守りのお知らせを終わります。")
        case .seenTo: text("【見守り】訪問して確認しました", "{name}のご様子を{date} {time}に確認しました。\n{words}")
        case .watchSummary:
            text("【見守り】{month}月のまとめ", "{name}のカードは{month}月に{days}日使われました（最後は{since}）。\n見守りは続いています。")
        case .sheltered: text("【安否】避難所に着きました", "{name}が{date} {time}に{shelter}に着きました。")
        case .leftShelter: text("【安否】避難所を出ました", "{name}が{date} {time}に{shelter}を出ました。")
        case .itemReady: text("【{locker}】お受け取りいただけます", "{locker}に品物（{number}）が入りました。{since}までにカードをかざしてお受け取りください。")
        case .itemReminder: text("【{locker}】お受け取りの期限が近づいています", "{locker}の品物（{number}）の期限は{since}です。")
        case .town: text("{title}", "{words}{links}")
        case .signIn:
            text(
                "【{town}】わたしのページへの入り口",
                "次のリンクから、15分以内に「わたしのページ」を開いてください。一度だけ使えます。\n{links}\n\nほかの人には転送しないでください。お心当たりのないときは、何もせずにこのメッセージを削除してください。")
        case .prove:
            text(
                "【{town}】メールアドレスの確認",
                "「わたしのページ」で、次の6けたの数字を15分以内に入れてください。\n\n{code}\n\nほかの人には教えないでください。役場の職員が数字をお聞きすることはありません。お心当たりのないときは、何もせずにこのメッセージを削除してください。")
        case .wayChanged:
            text(
                "【{town}】お知らせの届け先が変わりました",
                "{date} {time}に、「わたしのページ」でお知らせの届け先が変更されました。\nお心当たりのないときは、すぐに役場へご連絡ください。")
        case .probe:
            text(
                "【{town}】{month}月の配信テスト",
                "このメールは、{town}からのお知らせが届くことを確かめるために月に一度お送りしています。\nご返信やお手続きは不要です。")
        }
    }

    private var english: NoticeText {
        switch self {
        case .arrived: text("{school}: arrived", "{name} arrived at {school} at {time} on {date}.")
        case .left: text("{school}: left", "{name} left {school} at {time} on {date}.")
        case .leftEarly: text("{school}: left early", "{name} left {school} early, at {time} on {date}.")
        case .brought: text("{school}: brought", "{name} arrived at {school} at {time} on {date}, brought by {by}.")
        case .collected: text("{school}: collected", "{name} left {school} at {time} on {date}, collected by {by}.")
        case .notArrived:
            text(
                "{school}: not seen this morning",
                "At {time} on {date}, {name} had not been seen at {school}.\nIf your child is at home or may have forgotten the card, please tell the school."
            )
        case .gateSilent:
            text(
                "{school}: the gate reader is silent",
                "Nothing has been heard from the gate reader of {school} since {since}, so arrivals are not known.\nThis does not mean that your child is missing. You will hear as soon as it is known."
            )
        case .arrivedAfterAll:
            text("{school}: arrived after all", "{name}, of whom you were told before, had arrived at {school} at {time} on {date}.")
        case .excused: text("{school}: reported absent", "{name}, of whom you were told before, was reported absent at {time} on {date}.")
        case .boarded: text("{line}: got on", "{name} got on {line} at {time} on {date}.")
        case .alighted: text("{line}: got off", "{name} got off {line} at {time} on {date}.")
        case .leftOnBoard:
            text(
                "URGENT: {line}: nobody saw them get off",
                "{name} got on {line} at {time} on {date} and has not been seen getting off.\nPlease look inside the vehicle now.")
        case .foundAlighted:
            text("{line}: got off after all", "{name}, of whom you were told before, had got off {line} at {time} on {date}.")
        case .silent:
            text(
                "Please look in on {name}",
                "The card of {name} has not been used for {days} days (last on {since}).\nPlease telephone or visit, and tell the town office how they are."
            )
        case .silentUnknown:
            text(
                "{name}: nobody knows",
                "The card of {name} has not been used for {days} days (last on {since}).\nBut readers could not be heard in that time, so it may have been."
            )
        case .seenAgain: text("{name}: seen again", "The card of {name} was used at {time} on {date}. The alarm is over.")
        case .seenTo: text("{name}: visited", "Somebody looked in on {name} at {time} on {date}.\n{words}")
        case .watchSummary:
            text("{name}: last month", "The card of {name} was used on {days} days of month {month} (last on {since}).\nThe watch goes on.")
        case .sheltered: text("Safe: at a shelter", "{name} came to the shelter {shelter} at {time} on {date}.")
        case .leftShelter: text("Left the shelter", "{name} left the shelter {shelter} at {time} on {date}.")
        case .itemReady:
            text("{locker}: ready to collect", "Your item ({number}) is in {locker}. Hold your card over its reader by {since}.")
        case .itemReminder: text("{locker}: collect soon", "Your item ({number}) in {locker} is kept until {since}.")
        case .town: text("{title}", "{words}{links}")
        case .signIn:
            text(
                "{town}: your own page",
                "Open your own page with this link within 15 minutes. It works once.\n{links}\n\nDo not pass it on to anybody. If you did not ask for it, delete this message; you need do nothing else."
            )
        case .prove:
            text(
                "{town}: is this your address?",
                "Type these six digits at your own page within 15 minutes.\n\n{code}\n\nTell them to nobody: nobody at the town office asks for them. If you did not ask for this, delete this message; you need do nothing else."
            )
        case .wayChanged:
            text(
                "{town}: where messages reach you has changed",
                "At {time} on {date}, an address for messages to you was added or taken away at your own page.\nIf that was not you, please tell the town office at once."
            )
        case .probe:
            text(
                "{town}: monthly test message",
                "{town} sends this once a month to make sure that its messages reach you.\nThere is nothing you need to do.")
        }
    }

    private func text(_ subject: String, _ body: String) -> NoticeText { NoticeText(subject: subject, body: body) }
}
