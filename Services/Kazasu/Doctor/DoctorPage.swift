import Contracts
import ServiceKit

/// What doctor found, for a screen and for paper: no colour, a sign for each weight.
struct DoctorPage {
    let findings: [Finding]
    let examination: Examination
    /// The town's name for people.
    let town: String

    /// Columns of a line on A4 in a usual typewriter face.
    static let columns = 80

    private var language: Language { examination.language }

    var text: String {
        let red = findings.count { $0.weight == .red }
        let verdict =
            findings.isEmpty
            ? Phrase("All is well.", "異常はありません。")
            : Phrase("\(red) to look at now, \(findings.count - red) soon.", "至急 \(red)件、要確認 \(findings.count - red)件")
        return (["\(town)  \(examination.now.minute(examination.offset))", verdict[language]] + findings.flatMap(lines) + ["", facts])
            .joined(separator: "\n") + "\n"
    }

    /// The same with lines that fit on paper, and room to write who did what.
    var printed: String {
        let body = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().flatMap { wrapped(String($0), Self.columns) }
        let done =
            findings.isEmpty
            ? []
            : [
                "",
                Phrase(
                    "Done by: ______________________   on: ______________________",
                    "対応者: ______________________   日時: ______________________")[language],
            ]
        return (body + done).joined(separator: "\n") + "\n"
    }

    private func lines(of finding: Finding) -> [String] {
        let sign = finding.weight == .red ? Phrase("NOW ", "●至急")[language] : Phrase("SOON", "▲確認")[language]
        var lines = ["", "\(sign)  \(finding.place): \(finding.what)"]
        if !finding.effect.isEmpty { lines.append("      \(Phrase("Residents notice: ", "影響: ")[language])\(finding.effect)") }
        if !finding.next.isEmpty { lines.append("      \(Phrase("Next: ", "対応: ")[language])\(finding.next)") }
        return lines
    }

    /// What was looked at, so that silence can be told from not having looked.
    private var facts: String {
        let (own, offset) = (examination.own, examination.offset)
        let versions = Set(examination.vitals.compactMap { $0.life?.version }).sorted().joined(separator: ", ")
        let answered = examination.survey.answers
        var facts: [Phrase] = [
            Phrase(
                "\(examination.vitals.count) processes and locks, \(answered.count) asked for their clocks and gaps",
                "機器・サービス \(examination.vitals.count)台、時計と欠落の確認 \(answered.count)台")
        ]
        if !versions.isEmpty {
            facts.append(Phrase("version \(versions), contract \(Contract.fingerprint)", "版 \(versions)、契約 \(Contract.fingerprint)"))
        }
        if let disk = own.disk, disk.all > 0 {
            let percent = disk.free * 100 / disk.all
            facts.append(Phrase("disk \(percent) % free", "ディスク空き \(percent) %"))
        }
        if let (_, end) = own.certificate { facts.append(Phrase("certificates until \(end.day(offset))", "証明書の期限 \(end.day(offset))")) }
        if let good = own.lastBackup { facts.append(Phrase("last backup \(good.minute(offset))", "最終バックアップ \(good.minute(offset))")) }
        if let trial = own.lastTrial {
            facts.append(Phrase("last restore drill \(trial.minute(offset))", "最終復元訓練 \(trial.minute(offset))"))
        }
        if !own.drills.isEmpty {
            let list = own.drills.map { "\($0.kind.title[language]) \($0.at.day(offset))" }
            facts.append(
                Phrase("practised: \(list.joined(separator: ", "))", "訓練: \(list.joined(separator: "、"))"))
        }
        return Phrase("Looked at: ", "確認した項目: ")[language] + facts.map { $0[language] }.joined(separator: Phrase("; ", "、")[language])
            + Phrase(".", "。")[language]
    }
}

/// Breaks a line at spaces, or between two wide characters, which have none; what goes on stands under the first word.
func wrapped(_ line: String, _ columns: Int) -> [String] {
    let indent = String(repeating: " ", count: line.prefix { $0 == " " }.count)
    var (lines, current, width, breakAt) = ([String](), "", 0, String.Index?.none)
    for character in line {
        let columnsOfOne = displayWidth(String(character))
        if columnsOfOne > 1, width > indent.count { breakAt = current.endIndex }
        if width + columnsOfOne > columns {
            // A word longer than a line is cut where the line ends.
            let cut = breakAt ?? current.endIndex
            lines.append(String(current[..<cut]).trimmedAtEnd)
            current = indent + String(current[cut...].drop { $0 == " " })
            (width, breakAt) = (displayWidth(current), nil)
        }
        current.append(character)
        width += columnsOfOne
        if character == " ", width > indent.count { breakAt = current.endIndex }
    }
    return lines + [current]
}

extension String {
    fileprivate var trimmedAtEnd: String { String(reversed().drop { $0 == " " }.reversed()) }
}
