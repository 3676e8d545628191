import Contracts
import Glibc
import Harness
import Launch
import Testing

@testable import Kazasu

@Suite("A way in without a card")
struct KeypadTests {
    @Test("A code opens at the keypad of a running town, a wrong one does not, and no file of the town ever holds it")
    func runningTown() throws {
        let town = try RunningTown { port in
            townText(port: port).replacing("gym: { title: 市民体育館 }", with: "gym: { title: 市民体育館, keypad: true }")
        }
        #expect(town.says("ready: "), "\(town.output)")
        func kazasu(_ words: String..., input: [String] = []) -> (code: ExitCode, out: String, err: String) {
            let recorder = Recorder()
            recorder.input = input
            let code = Kazasu(commands: Kazasu.commands, console: recorder.console()).run(words + ["--town", town.town])
            return (code, recorder.out, recorder.err)
        }
        func seconds(_ span: Int64) -> String { (Console.live.now() + .seconds(span)).rfc3339() }
        let booked = kazasu(
            "booking", "add", "gym", "--from", seconds(-60), "--to", seconds(3600), "--card", "k1.mfrggzdfmztwq2lkmfrggzdfmy", "--json")
        let booking = try Array(booked.out.utf8).decoded(as: Booking.self)
        var given = kazasu("booking", "code", booking.id.description)
        let void = try #require(given.out.split(separator: " ").dropFirst().first.map { String($0.dropLast()) }, "\(given)")
        given = kazasu("booking", "code", booking.id.description)
        let code = try #require(given.out.split(separator: " ").dropFirst().first.map { String($0.dropLast()) }, "\(given)")
        #expect(code.utf8.count == 6 && given.out.hasPrefix("code \(code): door gym, "))

        let entered = kazasu("virtual-keypad", "gym", input: [void, code])
        #expect(entered.out == "gym: stays shut: wrong-code\ngym: opens\n", "\(entered)")
        #expect(entered.code == .done)

        // At its end the broker writes down what it remembers.
        town.kill(SIGTERM)
        #expect(town.says("ended with code 0; started again in"), "\(town.output)")
        var files = 0
        for file in try Self.files(below: town.scratch.path) {
            files += 1
            for secret in [code, void] { #expect(!Self.holds(try readWhole(file), secret), "\(file)") }
        }
        #expect(files > 10)
        #expect(!town.output.contains { Self.holds(Array($0.utf8), code) })
    }

    @Test("Without the town's code key a desk gives no code, and voids none")
    func withoutKey() throws {
        let scratch = Scratch()
        write(townText(), to: scratch.path + "/town.yaml")
        let recorder = Recorder()
        let code = recorder.run("booking", "code", "01M7XK0AFVW9X2N8QFS59ZK6YY", "--town", scratch.path + "/town.yaml")
        #expect(code == .refused && recorder.err.contains("code.key is not there"), "\(recorder.err)")
    }

    private static func files(below folder: String) throws -> [String] {
        let errand = try Errand(ChildSpec("find", .service, program: "/usr/bin/find", arguments: [folder, "-type", "f"]))
        _ = eventually {
            errand.look()
            return errand.code != nil
        }
        return errand.lines
    }

    /// The digits with no digit beside them: within a number of milliseconds they say nothing.
    private static func holds(_ bytes: [UInt8], _ code: String) -> Bool {
        let needle = Array(code.utf8)
        return bytes.withUnsafeBufferPointer { bytes in
            func isDigit(_ index: Int) -> Bool { index >= 0 && index < bytes.count && (48...57).contains(bytes[index]) }
            var start = 0
            let last = bytes.count - needle.count
            while start <= last {
                if bytes[start] == needle[0], bytes[start..<start + needle.count].elementsEqual(needle), !isDigit(start - 1),
                    !isDigit(start + needle.count)
                {
                    return true
                }
                start += 1
            }
            return false
        }
    }
}
