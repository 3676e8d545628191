import Glibc
import ServiceKit

/// Keeps programs running: starts them, hears what they write, starts them again when they end, and ends them in order. One thread, one poll loop.
package final class Supervisor {
    private let children: [Child]
    private let log: (_ name: String, _ text: String) -> Void
    private var isStopping = false

    /// How long a program has for its goodbye before it is killed, milliseconds.
    package var patience: Int64 = 10_000

    /// - Parameter log: one line an event.
    package init(_ specs: [ChildSpec], log: @escaping (_ name: String, _ text: String) -> Void) {
        children = specs.map(Child.init)
        self.log = log
    }

    /// Starts all of a stage.
    /// - Throws: when one cannot even be started: a program is missing, or the machine is full.
    package func start(_ stage: ChildSpec.Stage) throws(Failure) {
        for child in children where child.spec.stage == stage {
            try child.start(now: monotonicMilliseconds())
            log(child.spec.name, "started, process \(child.pid ?? 0)")
        }
    }

    /// Waits until something happens, at most `atMost` milliseconds, and does what is due.
    /// - Parameter others: descriptors of the caller's; what poll(2) said of them comes back.
    @discardableResult
    package func turn(atMost: Int64, _ others: [pollfd] = []) -> [pollfd] {
        let speaking = children.filter { $0.output >= 0 }
        var polled = others + speaking.map { pollfd(fd: $0.output, events: Int16(POLLIN), revents: 0) }
        let now = monotonicMilliseconds()
        let due = children.compactMap(\.startAt).min().map { $0 - now } ?? atMost
        poll(&polled, nfds_t(polled.count), Int32(max(0, min(atMost, due, longestWait))))
        for child in children { pass(child.readLines(), of: child) }
        reap()
        startDue()
        return Array(polled.prefix(others.count))
    }

    /// A child's end shows when its output closes; one whose own children still hold that is found at the latest after this many milliseconds.
    private var longestWait: Int64 { children.contains { $0.pid != nil && $0.output < 0 } ? 20 : 500 }

    private func reap() {
        for child in children {
            guard let ending = child.reap() else { continue }
            pass(child.readLines(), of: child)
            if isStopping {
                log(child.spec.name, ending)
            } else {
                let pause = child.startAgain(after: false, now: monotonicMilliseconds())
                log(child.spec.name, "\(ending); started again in \(seconds(pause))")
            }
        }
    }

    /// Programs begin their lines with their own name, which stands in front already.
    private func pass(_ lines: [String], of child: Child) {
        let prefix = (child.spec.program.split(separator: "/").last ?? "") + ": "
        for line in lines { log(child.spec.name, line.hasPrefix(prefix) ? String(line.dropFirst(prefix.count)) : line) }
    }

    private func startDue() {
        let now = monotonicMilliseconds()
        for child in children where child.startAt.map({ $0 <= now }) ?? false {
            do {
                try child.start(now: now)
                log(child.spec.name, "started again, process \(child.pid ?? 0)")
            } catch {
                let pause = child.startAgain(after: true, now: now)
                log(child.spec.name, "\(error) Tried again in \(seconds(pause)).")
            }
        }
    }

    /// Ends everything, agents first, the broker last, so that each can still say what it has to. Who does not end in time is killed.
    package func stop() {
        isStopping = true
        for child in children { child.doNotStart() }
        for stage in ChildSpec.Stage.allCases.reversed() {
            let leaving = children.filter { $0.spec.stage == stage && $0.pid != nil }
            for child in leaving { child.signal(SIGTERM) }
            let deadline = monotonicMilliseconds() + patience
            while leaving.contains(where: { $0.pid != nil }) {
                let left = deadline - monotonicMilliseconds()
                if left <= 0 {
                    for child in leaving where child.pid != nil {
                        log(child.spec.name, "does not end; killed")
                        child.signal(SIGKILL)
                    }
                }
                turn(atMost: max(20, left))
            }
        }
    }

    package func isRunning(_ name: String) -> Bool { child(name)?.pid != nil }
    package func signal(_ name: String, _ number: Int32) { child(name)?.signal(number) }
    package func process(of name: String) -> pid_t? { child(name)?.pid }
    /// How often it was started.
    package func starts(of name: String) -> Int { child(name)?.starts ?? 0 }
    package func lastWords(of name: String) -> [String] { child(name)?.lastWords ?? [] }

    private func child(_ name: String) -> Child? { children.first { $0.spec.name == name } }

    private func seconds(_ milliseconds: Int64) -> String { "\(milliseconds / 1000).\(milliseconds / 100 % 10) s" }
}
