import Contracts
import Kazasu
import ServiceKit
import Testing

/// A console that remembers what was written to it.
final class Recorder {
    var out = ""
    var err = ""
    /// What standard input says, line by line.
    var input: [String] = []
    var isTerminal = false

    func console() -> Console {
        var live = Console.live
        live.out = { self.out += $0 }
        live.err = { self.err += $0 }
        live.progress = { _ in }
        live.read = { self.input.isEmpty ? nil : self.input.removeFirst() }
        live.isTerminal = isTerminal
        return live
    }

    func run(_ words: String...) -> ExitCode { Kazasu(commands: Kazasu.commands, console: console()).run(words) }
}

@Suite("The command itself")
struct CheckTests {
    private let scratch = Scratch()
    private let recorder = Recorder()

    @Test("check names every mistake of a file at once, with its line, and ends with 1")
    func allMistakes() {
        let path = scratch.path + "/town.yaml"
        write(
            "town: Nagai!\nagents:\n  gate-1:\n    readers:\n      reader-1: { place: x, purpose: \"door:gim\" }\ndoors:\n  gym: { accepts: nothing }\ncolour: red\n",
            to: path)
        #expect(recorder.run("check", path) == .refused)
        for line in ["line 1,", "line 5,", "line 7,", "line 8,"] { #expect(recorder.err.contains(line), "\(recorder.err)") }
        #expect(recorder.out == "")
        #expect(recorder.run("check", path, "--json") == .refused)
        #expect(recorder.out.contains("\"usable\":false"))
    }

    @Test("check shows a good file as tables and ends with 0")
    func goodFile() {
        let path = scratch.path + "/town.yaml"
        write(townText(), to: path)
        #expect(recorder.run("check", path) == .done, "\(recorder.err)")
        #expect(recorder.out.contains("gym   市民体育館  proved   5 s       gate-1/reader-1"), "\(recorder.out)")
    }

    @Test("check names each token key that is missing, once there are keys, and says how a change of keys ends")
    func tokenKeys() {
        let path = scratch.path + "/town.yaml"
        write(townText() + "\ntoken-keys: { current: 2, former: 1 }\n", to: path)
        func said(_ words: String...) -> [Bool] {
            recorder.err = ""
            #expect(recorder.run("check", path) == .done)
            return words.map(recorder.err.contains)
        }
        #expect(said("line 12, column 27: token keys are being changed", "missing") == [true, false])
        #expect(run(["/bin/mkdir", "-p", scratch.path + "/data/keys"]) == 0)
        #expect(said("/data/keys/token-2.key is missing", "/data/keys/token-1.key is missing") == [true, true])
        write("", to: scratch.path + "/data/keys/token-1.key")
        #expect(said("/data/keys/token-2.key is missing", "/data/keys/token-1.key is missing") == [true, false])
    }

    @Test("Every command has help, and every option in it a sentence")
    func help() {
        for command in Kazasu.commands {
            let recorder = Recorder()
            let code = Kazasu(commands: Kazasu.commands, console: recorder.console()).run(command.words + ["--help"])
            #expect(code == .done)
            #expect(recorder.out.hasPrefix("kazasu \(command.name)"))
            #expect(recorder.out.contains("--help"))
            #expect(!recorder.out.split(separator: "\n").contains { $0.hasPrefix("  --") && $0.split(separator: " ").count < 3 })
        }
    }

    @Test(
        "What is not understood ends with 2 and names what is near",
        arguments: [
            (["chekc"], "Did you mean check?"),
            (["booking"], "booking needs one more word: add, extend, cancel, list, paid, import, no-shows, code."),
            (["booking", "lst"], "Did you mean list?"), (["health", "--jsn"], "Did you mean --json?"),
            (["check"], "Usage: kazasu check TOWN.yaml"),
            (["booking", "extend", "x", "--to", "18:00"], "ID \"x\": expected a booking's id"),
            (["booking", "add", "gym", "--from", "18:00", "--to", "19:00"], "for whom? Add --tap AGENT/READER"),
            (["booking", "add", "gym", "--from", "18:00", "--to", "19:00", "--person", "ami"], "--person \"ami\": expected p- and 16"),
            (["door", "open", "gym", "--from", "18:00", "--to", "19:00"], "for whom? Add --for GROUP"),
            (["door", "explain", "gym"], "which card? Give its token"),
            (["door", "explain", "gym", "ami"], "CARD \"ami\": expected a card's"),
            (["door", "explain", "gym", "p-7k3mq2x5t4w2vbza", "noon"], "TIME \"noon\": expected a time"),
            (["door", "forgive", "pool"], "whom? Give one of"), (["door", "forgive", "pool", "--everybody", "--tap", "a/b"], "whom?"),
        ])
    func usage(words: [String], sentence: String) {
        #expect(Kazasu(commands: Kazasu.commands, console: recorder.console()).run(words) == .usage)
        #expect(recorder.err.contains(sentence), "\(recorder.err)")
    }

    @Test("A command to a town that does not run says so and how to start it")
    func noTown() throws {
        let path = scratch.path + "/town.yaml"
        write(townText(port: freePort()), to: path)
        #expect(recorder.run("health", "--town", path) == .refused)
        #expect(recorder.err.contains("operator-it-1 has no certificate") && recorder.err.contains("kazasu up"), "\(recorder.err)")
    }
}
