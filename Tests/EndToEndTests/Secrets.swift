import Glibc

@testable import Kazasu

/// What lies in a town's secret files, to be looked for where it must not stand.
struct Secrets {
    private let words: [String]

    /// The keys and passwords of a data folder, word by word.
    init(of data: String) {
        let folders = ["keys", "ca", "certificates", "devices"].map { "\(data)/\($0)" }
        let files = folders.flatMap { folder in
            fileNames(in: folder).filter { !$0.hasSuffix(".pem") && !$0.hasSuffix(".pub") }.map { "\(folder)/\($0)" }
        }
        words = files.flatMap { file in
            let text = ((try? readWhole(file)) ?? []).map { $0 < 0x80 ? $0 : 0x20 }
            return String(decoding: text, as: UTF8.self).split { $0.isWhitespace }.map(String.init).filter { $0.utf8.count >= 20 }
        }
    }

    var count: Int { words.count }

    /// The processes of a folder whose arguments or environment hold one.
    func processes(of folder: String) -> (looked: Int, found: [String]) {
        let own = Self.processes(of: folder).map { $0.words + Self.text("/proc/\($0.number)/environ") }
        return (own.count, own.filter(holds))
    }

    /// Those that run now, with their arguments.
    static func processes(of folder: String) -> [(number: String, words: String)] {
        fileNames(in: "/proc").filter { $0.allSatisfy(\.isNumber) }.map { ($0, text("/proc/\($0)/cmdline")) }.filter {
            $0.1.contains(folder)
        }
    }

    func logs(of data: String) -> [String] { fileNames(in: "\(data)/log").filter { holds(Self.text("\(data)/log/\($0)")) } }

    private static func text(_ path: String) -> String {
        String(decoding: ((try? readWhole(path)) ?? []).map { $0 == 0 ? 0x20 : $0 }, as: UTF8.self)
    }

    private func holds(_ text: String) -> Bool { words.contains { text.contains($0) } }
}
