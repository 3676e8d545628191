import Contracts
import QRCode

// How a kiosk shows what is the card's own.

extension Portal {
    func cardPiece(_ card: KioskCard, on kiosk: PortalPolicy.Kiosk, _ tongue: Tongue) -> HTML {
        let number = card.number.map { numberPiece($0, module: kiosk.library?.module ?? 0, tongue) }
        let code = card.code.map { codePiece($0, tongue) }
        return "\(number)\(code)"
    }

    private func numberPiece(_ number: KioskCard.Number, module: Int, _ tongue: Tongue) -> HTML {
        let title = Phrase("\(ruby("図書館", "としょかん"))のカード", "Library card")[tongue]
        func sentence(_ ja: HTML, _ en: HTML) -> HTML { "<h1>\(title)</h1>\n<p class=\"refused\">\(Phrase(ja, en)[tongue])</p>\n" }
        switch number {
        case .asked: return "<h1>\(title)</h1>\n<p>\(Phrase("お\(ruby("待", "ま"))ちください", "One moment")[tongue])</p>\n"
        case .bars(let code):
            let words = Phrase(
                "\(ruby("図書館", "としょかん"))の\(ruby("機械", "きかい"))に\(ruby("読", "よ"))ませてください", "Hold this to the library's scanner")
            // What stands in it is escaped already, and a number's characters are those of its alphabet.
            return
                "<h1>\(title)</h1>\n<div class=\"barcode\">\(HTML(stringLiteral: code.svg(module: module)))</div>\n<p>\(words[tongue])</p>\n"
        case .absent:
            return sentence(
                "このカードには\(ruby("図書館", "としょかん"))の\(ruby("番号", "ばんごう"))がありません。\(ruby("図書館", "としょかん"))の\(ruby("窓口", "まどぐち"))へどうぞ",
                "This card has no library number. Please go to the library's counter")
        case .unfit:
            return sentence(
                "この\(ruby("番号", "ばんごう"))はここに\(ruby("出", "だ"))せません。\(ruby("図書館", "としょかん"))の\(ruby("窓口", "まどぐち"))へどうぞ",
                "This number cannot be shown here. Please go to the library's counter")
        case .unanswered:
            return sentence(
                "いまは\(ruby("出", "だ"))せません。もう\(ruby("一度", "いちど"))かざしてください", "It cannot be shown now. Please hold your card once more")
        }
    }

    private func codePiece(_ code: String, _ tongue: Tongue) -> HTML {
        let label = Phrase("わたしのページのコード", "Code for my page")[tongue]
        let picture = QRCode("\(policy.origin)/\(tongue.rawValue)/family?code=\(percentEncoded(code))")?.svg(label)
        let words = Phrase(
            "「わたしのページ」で、\(ruby("生年月日", "せいねんがっぴ"))と\(ruby("一緒", "いっしょ"))に\(ruby("入力", "にゅうりょく"))してください",
            "Type it together with your date of birth at “My page”")
        return """
            <div class="row">\(picture)<div><p>\(label)</p>
            <p class="code">\(code)</p></div></div>
            <p>\(words[tongue])</p>

            """
    }
}

extension QRCode {
    /// - Parameter label: for whoever cannot see it.
    func svg(_ label: HTML) -> HTML {
        let (data, side) = path
        return """
            <svg class="qr" viewBox="0 0 \(side) \(side)" width="240" height="240" role="img" aria-label="\(label)"><rect width="\(side)" height="\(side)" fill="#fff"/>\
            <path d="\(data)" fill="#000"/></svg>
            """
    }
}
