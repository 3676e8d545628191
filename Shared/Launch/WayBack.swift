import Contracts
import Glibc
import ServiceKit
import Store

/// A database as it was before a newer program changed its tables: migrations only go forward, so whoever must go back needs it, with the program
/// of then.
package struct WayBack {
    /// Copies of one database that are kept.
    private static let kept = 2

    private let folder: DataFolder
    private let name: String

    package init(_ folder: DataFolder, _ address: Address) {
        self.folder = folder
        name = "\(address.program)-\(address.instance).sqlite"
    }

    /// - Throws: `Fatal` when it cannot be kept, on a full disk above all. A change without a way back is not made.
    package func keep(_ database: Database, before version: String) throws {
        let place = folder.copies(before: version)
        do {
            for path in [folder.copies, place] where mkdir(path, 0o700) != 0 && errno != EEXIST {
                throw StoreError(code: 0, path: path, message: String(cString: strerror(errno)))
            }
            let copy = try DatabaseCopy(of: database, at: "\(place)/\(name)")
            while try !copy.advance(pages: 4096) {}
        } catch {
            rmdir(place)
            throw Fatal(
                "\(database.path) has to be changed for version \(version), and could not be copied to \(place) before that: \(error) Nothing was changed. Free some space, or make the folder writable for this user; it is tried again at the next start."
            )
        }
        forget()
    }

    /// Folders with a copy of this database, the newest first.
    private var places: [String] {
        guard let open = opendir(folder.copies) else { return [] }
        defer { closedir(open) }
        var found: [(at: Instant, place: String)] = []
        while let entry = readdir(open) {
            let place = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            guard place.hasPrefix("before-"), let at = modified("\(folder.copies)/\(place)/\(name)") else { continue }
            found.append((at, "\(folder.copies)/\(place)"))
        }
        return found.sorted { $0.at > $1.at }.map(\.place)
    }

    private func forget() {
        for place in places.dropFirst(Self.kept) {
            unlink("\(place)/\(name)")
            // Stays while a copy of another database is in it.
            rmdir(place)
        }
    }
}
