import Contracts
import Glibc
import Launch
import Seal
import ServiceKit
import Store

/// Has every process copy its database, and waits for it; what does not run is copied here.
struct CopyRound {
    let data: DataFolder
    let console: Console

    /// Seconds without another copy coming.
    static let patience: Int64 = 30

    /// - Returns: databases of which there is no new copy, with a sentence each.
    func run() throws -> [String] {
        try data.makeFolder(data.copies)
        let wanted = databases(in: "\(data.root)/state")
        guard !wanted.isEmpty else { throw Failure.refused("\(data.root)/state holds no database. Was this town ever started?") }
        // A service the town has no more would be put back with the others.
        for retired in databases(in: data.copies) where !wanted.contains(retired) { try remove("\(data.copies)/\(retired)") }
        // A town's own lock says whether anything of it runs here: databases are held by those who use them.
        if let lock = try? FolderLock(data) {
            let troubles = wanted.compactMap { copyHere($0) }
            _ = consume lock
            return troubles
        }
        try SecretFile.replace(data.copyWish, [])
        let asked = modified(data.copyWish) ?? console.now()
        return wait(for: wanted, since: asked)
    }

    private func copyHere(_ file: String) -> String? {
        console.progress("copying \(file)")
        do {
            let copy = try DatabaseCopy(of: try Database(path: "\(data.root)/state/\(file)"), at: "\(data.copies)/\(file)")
            while try !copy.advance(pages: 4096) {}
            return nil
        } catch { return "\(file): \(error)" }
    }

    private func wait(for wanted: [String], since asked: Instant) -> [String] {
        var missing = wanted
        var deadline = monotonicMilliseconds() + Self.patience * 1000
        while !missing.isEmpty, monotonicMilliseconds() < deadline {
            let left = missing.filter { (modified("\(data.copies)/\($0)") ?? .distantPast) < asked }
            if left.count < missing.count || left.contains(where: { exists("\(data.copies)/\($0).part") }) {
                deadline = monotonicMilliseconds() + Self.patience * 1000
            }
            missing = left
            console.progress("copying: \(wanted.count - missing.count) of \(wanted.count)")
            if !missing.isEmpty { poll(nil, 0, 200) }
        }
        // Of a process that does not run: nobody holds its database.
        return missing.compactMap { file in
            copyHere(file).map { "\(file): no copy came. Does its process run? kazasu health (\($0))" }
        }
    }
}
