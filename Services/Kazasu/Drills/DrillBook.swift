import Contracts
import Launch
import Seal

/// What can be practised. Nothing of it harms: what it stops starts again by itself, or by whoever is asked to take it away for a moment.
enum DrillKind: String, CaseIterable, Codable {
    case brokerRestart = "broker-restart"
    case readerUnplug = "reader-unplug"
    case linkCut = "link-cut"
    case restore
    case disaster

    var title: Phrase {
        switch self {
        case .brokerRestart: Phrase("the broker is restarted", "ブローカーの再起動")
        case .readerUnplug: Phrase("a reader is unplugged", "リーダーの取外し")
        case .linkCut: Phrase("a station's line is cut", "拠点の回線断")
        case .restore: Phrase("a backup is tried", "バックアップの復元")
        case .disaster: Phrase("a disaster mode begins", "災害モードの発動")
        }
    }
}

/// What was practised on this machine, when, and how it went: `log/drills.json`, the newest last.
struct DrillBook: Codable, Equatable {
    struct Entry: Codable, Equatable {
        var kind: DrillKind
        /// Which reader, site or plan.
        var of: String?
        var at: Instant
        /// Until all was as before, or until it was given up.
        var seconds: Double
        /// `nil` where it went well.
        var trouble: String?
    }

    var entries: [Entry] = []

    static let most = 200

    init() {}

    init(of data: DataFolder) { self = (try? SecretFile.read(data.drills).decoded()) ?? DrillBook() }

    mutating func note(_ entry: Entry, in data: DataFolder) throws {
        entries = (entries + [entry]).suffix(Self.most)
        try SecretFile.replace(data.drills, try json())
    }

    /// The last of each kind.
    var newest: [Entry] { DrillKind.allCases.compactMap { kind in entries.last { $0.kind == kind } } }

    /// One that failed stays a problem until it is repeated and goes well.
    var problems: [Problem] {
        newest.compactMap { entry in
            entry.trouble.map { Problem(.amber, "drill-failed", "\(entry.kind.rawValue)\(entry.of.map { " \($0)" } ?? ""): \($0)") }
        }
    }
}

extension DataFolder {
    var drills: String { "\(root)/log/drills.json" }
    var brokerProcess: String { "\(root)/broker/pid" }
}
