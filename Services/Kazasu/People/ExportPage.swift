import Contracts

extension PersonPage {
    /// One file for a browser or a printer, without anything from elsewhere, in Japanese: it is handed to the person.
    ///
    /// - Parameters:
    ///   - town: as people know it.
    ///   - day: on which it was made.
    func html(of town: String, on day: String) -> String {
        let tables = sections.map { section in
            let rows = section.rows.map { "<tr>\(cells($0))</tr>" }.joined(separator: "\n")
            return "<section><h2>\(escaped(section.title))</h2>\n<table>\n\(rows)\n</table></section>"
        }
        return """
            <!DOCTYPE html>
            <html lang="ja">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>\(escaped(town)) 登録情報 \(escaped(name))</title>
            <style>
            @page { size: A4; margin: 18mm 15mm; }
            body { font: 10.5pt/1.6 "Noto Sans CJK JP", "Hiragino Sans", "Yu Gothic", sans-serif; color: #111; max-width: 50em; margin: 2em auto; padding: 0 1em; }
            ruby { font-size: 1.6em; font-weight: bold; }
            h2 { font-size: 1.1em; border-bottom: 1px solid #888; margin: 1.6em 0 0.4em; break-after: avoid; }
            table { border-collapse: collapse; width: 100%; }
            td { border-bottom: 1px solid #ddd; padding: 0.2em 0.8em 0.2em 0; vertical-align: top; overflow-wrap: anywhere; }
            td:first-child { white-space: nowrap; }
            tr { break-inside: avoid; }
            @media print { body { margin: 0; max-width: none; } }
            </style>
            </head>
            <body>
            <p>\(escaped(town)) 登録情報の写し \(escaped(day))</p>
            <h1><ruby>\(escaped(name))<rt>\(escaped(reading))</rt></ruby></h1>
            \(tables.joined(separator: "\n"))
            </body>
            </html>

            """
    }

    private func cells(_ row: [String]) -> String { row.map { "<td>\(escaped($0))</td>" }.joined() }
}

/// As text may stand in HTML, between tags and in attributes.
func escaped(_ text: String) -> String {
    text.reduce(into: "") { escaped, character in
        switch character {
        case "&": escaped += "&amp;"
        case "<": escaped += "&lt;"
        case ">": escaped += "&gt;"
        case "\"": escaped += "&quot;"
        case "'": escaped += "&#39;"
        default: escaped.append(character)
        }
    }
}
