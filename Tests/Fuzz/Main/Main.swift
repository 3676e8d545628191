import CLibFuzzer
import Fuzz
import Glibc

/// `fuzz` names the targets; `fuzz TARGET FILE…` plays files again. Built with `-sanitize=fuzzer` it is a libFuzzer program: `fuzz TARGET [options] FOLDER…`.
@main
struct Main {
    /// libFuzzer calls a C function, which cannot capture anything; set once, before it runs.
    nonisolated(unsafe) static var target: FuzzTarget?

    static func main() {
        let arguments = CommandLine.arguments
        guard arguments.count > 1 else {
            for target in FuzzTarget.all { print(target.name) }
            return
        }
        guard let target = FuzzTarget.all.first(where: { $0.name == arguments[1] }) else {
            return end("there is no target \(arguments[1]). Known: \(FuzzTarget.all.map(\.name).joined(separator: ", ")).")
        }
        self.target = target
        // libFuzzer starts itself again with its own arguments for some of its work, so the target stays the first of them.
        var words: [UnsafeMutablePointer<CChar>?] = ([arguments[0]] + arguments.dropFirst(2)).map { strdup($0) } + [nil]
        let code = kazasu_fuzz(Int32(words.count - 1), &words) { data, size in
            Main.play([UInt8](UnsafeBufferPointer(start: data, count: size)))
            return 0
        }
        guard code < 0 else { exit(code) }
        for path in arguments.dropFirst(2) {
            do { play(try FuzzTarget.contents(path)) } catch { return end("\(error)") }
            print("\(path): nothing broken")
        }
    }

    /// What does not hold ends the process, as libFuzzer wants it.
    static func play(_ bytes: [UInt8]) {
        do { _ = try target?.run(bytes) } catch { fatalError("\(error)") }
    }

    private static func end(_ sentence: String) {
        let line = Array("fuzz: \(sentence)\n".utf8)
        write(STDERR_FILENO, line, line.count)
        exit(1)
    }
}
