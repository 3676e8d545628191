import Contracts
import Glibc
import Launch
import ServiceKit

/// Lines on standard error and in a file that never grows beyond 8 MiB: then it becomes `….1`, and the one before that is gone. Each is an event: when, of
/// which process, what. No process may say more than its share, whatever it is.
package final class EventLog {
    static let limit = 8 << 20
    private let path: String?
    private let offset: UTCOffset
    private let now: () -> Instant
    private let show: (String) -> Void
    private let width: Int
    private let forJournal: Bool
    private var allowances: [String: LineAllowance] = [:]
    private var file: Int32 = -1
    private var size = 0

    package init(
        path: String?, offset: UTCOffset, names: [String], now: @escaping () -> Instant, forJournal: Bool = LogLine.goesToJournal,
        show: @escaping (String) -> Void
    ) {
        self.forJournal = forJournal
        self.path = path
        self.offset = offset
        self.now = now
        self.show = show
        width = names.map(displayWidth).max() ?? 0
        open()
    }

    deinit { if file >= 0 { close(file) } }

    package func line(_ name: String, _ text: String) {
        let (isGranted, leftOut) = allowances[name, default: LineAllowance()].take(at: monotonicMilliseconds())
        if leftOut > 0 { write(name, LineAllowance.remark(on: leftOut), .warning) }
        if isGranted { write(name, text, .notice) }
    }

    private func write(_ name: String, _ text: String, _ priority: Priority) {
        let moment = now()
        let line = LogLine.text("\(moment.clock(offset)) \(padded(name, to: width))  \(text)", priority, forJournal: false)
        // The journal knows the time and whose line it is; the name of the process among ours it does not.
        show(forJournal ? LogLine.text("\(name): \(text)", priority, forJournal: true) : line)
        guard file >= 0 else { return }
        // The day stands in the file alone; who looks at a terminal knows it.
        let kept = Array("\(moment.day(offset)) \(line)".utf8)
        if size + kept.count > Self.limit { rotate() }
        // A full disk must not end a town: what cannot be kept was shown.
        _ = kept.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
        size += kept.count
    }

    private func open() {
        guard let path else { return }
        file = Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        size = file >= 0 ? max(0, Int(lseek(file, 0, SEEK_END))) : 0
    }

    private func rotate() {
        guard let path else { return }
        close(file)
        rename(path, path + ".1")
        open()
    }
}
