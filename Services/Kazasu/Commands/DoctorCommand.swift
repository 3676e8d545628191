import Contracts
import Town

extension Command {
    package static var doctor: Command {
        Command(
            "doctor", summary: "is anything wrong, what do residents notice of it, what to do next: one page (診断)",
            options: [Flag.json.shape, Option<Language>.language.shape] + Station.options,
            details: """
                Where the town's data are it looks at this machine too: disk, clock, certificates, backups. Exit code 1 when something is red.
                Example: kazasu doctor --lang ja
                """
        ) { arguments, console in
            let language = try arguments.optional(.language) ?? .en
            let station = try Station(arguments, console)
            let lives = try station.lookout().look(at: station.town.lifeFilters)
            let now = console.now()
            let examination = Examination(
                vitals: station.town.vitals(lives, at: station.place, now: now), own: OwnMachine(of: station, now: now),
                language: language, now: now, offset: station.town.offset)
            let findings = examination.findings
            if arguments.has(.json) {
                try console.json(findings)
            } else {
                console.out(page(findings, examination, station.town.title ?? station.town.name.text))
            }
            return findings.contains { $0.weight == .red } ? .refused : .done
        }
    }

    /// Also for paper: no colour, a sign for each weight.
    private static func page(_ findings: [Finding], _ examination: Examination, _ town: String) -> String {
        let (language, offset, now) = (examination.language, examination.offset, examination.now)
        let red = findings.count { $0.weight == .red }
        let verdict =
            findings.isEmpty
            ? Phrase("All is well.", "異常はありません。")
            : Phrase("\(red) to look at now, \(findings.count - red) soon.", "至急 \(red)件、要確認 \(findings.count - red)件")
        var text = "\(town)  \(now.minute(offset))\n\(verdict[language])\n"
        for finding in findings {
            let sign = finding.weight == .red ? Phrase("NOW ", "●至急")[language] : Phrase("SOON", "▲確認")[language]
            text += "\n\(sign)  \(finding.place): \(finding.what)\n"
            if !finding.effect.isEmpty { text += "      \(Phrase("Residents notice: ", "影響: ")[language])\(finding.effect)\n" }
            if !finding.next.isEmpty { text += "      \(Phrase("Next: ", "対応: ")[language])\(finding.next)\n" }
        }
        return text
    }
}
