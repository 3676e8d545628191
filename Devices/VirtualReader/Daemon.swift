import Glibc
import Synchronization
import Threads

/// A running pcscd and what it says.
final class Daemon: Sendable {
    private struct State {
        var partial: [UInt8] = []
        var lines: [String] = []
        var hasEnded = false
    }

    /// Enough for start-up with 16 readers; later lines are read, so that pcscd never waits for us, and dropped.
    private static let mostLines = 400

    private let pid: pid_t
    private let leash: Int32
    private let state = Mutex(State())

    init(program: String, configuration: String, listener: Int32) throws(VirtualReaderError) {
        let output = try makePipe()
        let leash = try makePipe()
        defer {
            close(output.write)
            close(leash.read)
        }
        // LISTEN_PID must be pcscd's own id, which nobody knows before the spawn: the shell does, and keeps it over exec.
        // The reader of the leash ends pcscd when this program dies without saying goodbye; a line read is the goodbye.
        let script = """
            { read -r goodbye <&4 || kill -9 $$; } >/dev/null 2>&1 3<&- &
            LISTEN_FDS=1 LISTEN_PID=$$ exec "$0" --foreground --info --config "$1" 4<&-
            """
        do {
            pid = try spawn(
                ["/bin/sh", "-c", script, program, configuration],
                descriptors: [(output.write, 1), (output.write, 2), (listener, 3), (leash.read, 4)])
        } catch {
            close(output.read)
            close(leash.write)
            throw error
        }
        self.leash = leash.write
        let listening = try VirtualReaderError.wrap { () throws(ThreadError) in try startThread { [self] in listen(to: output.read) } }
        pthread_detach(listening)
    }

    deinit { close(leash) }

    /// What pcscd has said since it started.
    var lines: [String] { state.withLock { $0.lines } }

    /// Waits until the condition holds; false when the time is over or pcscd ended.
    func wait(for condition: ([String]) -> Bool, seconds: Int) -> Bool {
        for _ in 0..<seconds * 200 {
            let (lines, hasEnded) = state.withLock { ($0.lines, $0.hasEnded) }
            if condition(lines) { return true }
            if hasEnded { return false }
            usleep(5000)
        }
        return false
    }

    /// Ends pcscd and waits for it; one that ignores the signal for 5 seconds is killed.
    func end(with signal: Int32) {
        let goodbye: [UInt8] = [UInt8(ascii: "\n")]
        send(leash, goodbye, 1, Int32(MSG_NOSIGNAL))
        kill(pid, signal)
        for _ in 0..<1000 {
            if waitpid(pid, nil, WNOHANG) == pid { return }
            usleep(5000)
        }
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
    }

    /// Runs in a thread of its own until pcscd's output ends.
    private func listen(to fd: Int32) {
        var part = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(fd, &part, part.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            state.withLock { note(part[..<count], in: &$0) }
        }
        close(fd)
        state.withLock { $0.hasEnded = true }
    }

    private func note(_ bytes: ArraySlice<UInt8>, in state: inout State) {
        guard state.lines.count < Self.mostLines else { return }
        state.partial += bytes
        let pieces = state.partial.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        state.lines += pieces.dropLast().map { String(decoding: $0, as: UTF8.self) }
        state.partial = Array(pieces.last ?? [])
    }
}
