import Contracts
import Town

/// The operator's command.
package struct Kazasu {
    let commands: [Command]
    let console: Console

    package init(commands: [Command], console: Console) {
        self.commands = commands
        self.console = console
    }

    /// - Parameter words: the command line without the program's name.
    package func run(_ words: [String]) -> ExitCode {
        do {
            switch try understood(words) {
            case .text(let text):
                console.out(text)
                return .done
            case .command(let command, let rest):
                let arguments = try Arguments(rest, options: command.options, operands: command.operandCount, usage: command.usage)
                return try command.run(arguments, console)
            }
        } catch let failure as Failure {
            console.note(failure.description)
            return failure.code
        } catch {
            console.note("\(error)")
            return .refused
        }
    }

    private enum Understood {
        case text(String)
        case command(Command, [String])
    }

    private func understood(_ words: [String]) throws(Failure) -> Understood {
        guard let first = words.first, first != "--help", first != "-h" else { return .text(overview) }
        if first == "help" { return try understood(Array(words.dropFirst()) + ["--help"]) }
        if first == "--version" { return .text("kazasu \(console.version)\n") }
        // Words after `--` are operands, even one that reads --help.
        let asksHelp = words.prefix { $0 != "--" }.contains { $0 == "--help" || $0 == "-h" }
        // The longest name wins: import show is not import of a file called show.
        if let command = commands.filter({ words.starts(with: $0.words) }).max(by: { $0.words.count < $1.words.count }) {
            return asksHelp ? .text(command.help) : .command(command, Array(words.dropFirst(command.words.count)))
        }
        var family = commands.filter { $0.words.first == first }
        guard !family.isEmpty else {
            let near = nearest(to: first, among: commands.compactMap(\.words.first)).map { " Did you mean \($0)?" } ?? ""
            throw .usage("there is no command \(quoted(first)).\(near) See: kazasu --help")
        }
        // A family may have families: points campaign open.
        var depth = 1
        while words.count > depth, family.contains(where: { $0.words.dropFirst(depth).first == words[depth] }) {
            family.removeAll { $0.words.dropFirst(depth).first != words[depth] }
            depth += 1
        }
        let name = words.prefix(depth).joined(separator: " ")
        if asksHelp { return .text(list(family) + "\nSee kazasu \(name) WORD --help.\n") }
        let known = family.compactMap { $0.words.dropFirst(depth).first }.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        guard words.count > depth, !words[depth].hasPrefix("-") else {
            throw .usage("\(name) needs one more word: \(known.joined(separator: ", ")).")
        }
        let near = nearest(to: words[depth], among: known).map { " Did you mean \($0)?" } ?? ""
        throw .usage("\(name) cannot \(quoted(words[depth])).\(near) Known: \(known.joined(separator: ", ")).")
    }

    private var overview: String {
        """
        kazasu: a town's tap bus.

        \(list(commands))
        See kazasu COMMAND --help for each, kazasu --version for the version.
        Exit codes: 0 done, 1 refused or failed, 2 not understood, 3 unknown (a command's time ran out without an answer).

        """
    }

    private func list(_ commands: [Command]) -> String {
        table(commands.map { ["  kazasu " + [$0.name, $0.operands].filter { !$0.isEmpty }.joined(separator: " "), $0.summary] })
    }
}
