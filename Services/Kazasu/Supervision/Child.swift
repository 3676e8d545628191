import Glibc

/// One program under the supervisor: running, or waiting to be started again.
final class Child {
    let spec: ChildSpec
    private(set) var pid: pid_t?
    /// Monotonic milliseconds of the next start, while it does not run and should.
    private(set) var startAt: Int64?
    private(set) var output: Int32 = -1
    private(set) var starts = 0
    /// The last lines it wrote, for the sentence about its end.
    private(set) var lastWords: [String] = []
    private var startedAt: Int64 = 0
    private var backoff = Backoff()
    private var lines = LineReader()

    init(_ spec: ChildSpec) { self.spec = spec }

    deinit { if output >= 0 { close(output) } }

    func start(now: Int64) throws(Failure) {
        startAt = nil
        startedAt = now
        closeOutput()
        (pid, output) = try spawn(spec)
        starts += 1
    }

    func startAgain(after failure: Bool, now: Int64) -> Int64 {
        let pause = backoff.pause(afterLife: failure ? 0 : now - startedAt)
        startAt = now + pause
        return pause
    }

    func doNotStart() { startAt = nil }

    func readLines() -> [String] {
        guard output >= 0 else { return [] }
        let (read, isOver) = lines.read(output)
        if isOver { closeOutput() }
        lastWords = (lastWords + read).suffix(4)
        return read
    }

    /// - Returns: how it ended, if it just has.
    func reap() -> String? {
        guard let pid else { return nil }
        var status: Int32 = 0
        guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
        self.pid = nil
        let ending = status & 0x7f
        return ending == 0 ? "ended with code \(status >> 8 & 0xff)" : "was ended by signal \(ending)"
    }

    func signal(_ number: Int32) { if let pid { kill(pid, number) } }

    private func closeOutput() {
        if output >= 0 { close(output) }
        output = -1
        lines = LineReader()
    }
}
