import Contracts
import Town

extension Flag {
    fileprivate static var print: Self { Self("--print", "lines of 80 columns, and room to write who did what") }
}

extension Command {
    package static var doctor: Command {
        Command(
            "doctor", summary: "is anything wrong, what do residents notice of it, what to do next: one page (診断)",
            options: [Flag.json.shape, Flag.print.shape, Option<Language>.language.shape] + Station.options,
            details: """
                Where the town's data are it looks at this machine too: disk, clock, certificates, backups, the broker's settings. Never takes more than ten
                seconds: who has not answered by then is said to be silent. Exit code 1 when something is red.
                Examples:
                  kazasu doctor --lang ja
                  kazasu doctor --print | lp
                """
        ) { arguments, console in
            let language = try arguments.optional(.language) ?? .en
            let station = try Station(arguments, console)
            let examination = try station.examination(in: language, console)
            let findings = examination.findings
            let page = DoctorPage(findings: findings, examination: examination, town: station.town.title ?? station.town.name.text)
            if arguments.has(.json) {
                try console.json(findings)
            } else {
                console.out(arguments.has(.print) ? page.printed : page.text)
            }
            return findings.contains { $0.weight == .red } ? .refused : .done
        }
    }
}
