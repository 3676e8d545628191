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
        let own = fileNames(in: "/proc").filter { $0.allSatisfy(\.isNumber) }.compactMap { process -> (String, String)? in
            let words = text("/proc/\(process)/cmdline")
            return words.contains(folder) ? (process, words + text("/proc/\(process)/environ")) : nil
        }
        return (own.count, own.filter { holds($0.1) }.map { $0.1 })
    }

    func logs(of data: String) -> [String] { fileNames(in: "\(data)/log").filter { holds(text("\(data)/log/\($0)")) } }

    private func text(_ path: String) -> String {
        String(decoding: ((try? readWhole(path)) ?? []).map { $0 == 0 ? 0x20 : $0 }, as: UTF8.self)
    }

    private func holds(_ text: String) -> Bool { words.contains { text.contains($0) } }
}
