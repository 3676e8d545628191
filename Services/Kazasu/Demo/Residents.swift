import Contracts
import Glibc
import Launch
import ServiceKit
import Town
import VirtualReader

/// The residents' counter: a person of the directory, her card, and the card after it.
extension Story {
    private static let name = "加藤 さくら"
    private static let birth = "昭和29年3月1日"

    mutating func people() throws {
        let (cast, offset, now) = (stage.cast, stage.town.offset, stage.console.now())
        title("the residents' counter enrols Kato and gives her a card, held at that moment", "住民窓口:加藤さんを登録し、カードをかざして紐づけ")
        let form = "name: \(Self.name)\nreading: カトウ サクラ\nborn: \(Self.birth)\naddress: 長井市栄町1-1\ndistrict: 中央\n"
        let said = try book(["person", "add", "--yes"], [cast.kato], form: form)
        let words = said.flatMap { $0.split(whereSeparator: { !($0.isLetter || $0.isNumber || $0 == "-") }) }
        guard let kato = words.lazy.compactMap({ PersonID($0) }).first else {
            throw Failure.refused("kazasu person add named nobody: \(said.last ?? "")")
        }
        self.kato = kato
        title("the hall is booked for her, not for a card", "中央公民館は本人の名義で予約")
        let (from, to) = (now.minute(offset), (now + .seconds(3600)).minute(offset))
        try stage.clerk(["booking", "add", "hall", "--from", from, "--to", to, "--person", kato.text])
        try show(cast.kato, at: DemoTown.hallEntrance, verdict: .open)
        title("she has lost it: the new card opens at once, the old one no more", "紛失:新しいカードですぐ開き、古いカードでは開かない")
        try book(
            ["card", "replace", kato.text, "--yes", "--why", "left on the bus"], [cast.katosNew], form: "\(Self.birth)\n")
        try show(cast.katosNew, at: DemoTown.hallEntrance, verdict: .open)
        // Sooner than that, the old card held again would be the tap of before.
        try stage.pass(milliseconds: 2200)
        try show(cast.kato, at: DemoTown.hallEntrance, verdict: .refuse, .noRight)
    }

    /// Her name lies in one place, under lock and key.
    mutating func search() throws {
        title("whoever took all the town's files looks for Kato's name", "全ファイルから加藤さんの名前を探す")
        let words = [Self.name, "カトウ", "栄町1-1", "1954-03-01"].map { Array($0.utf8) }
        // What may be found shows that the search finds.
        let id = Array((kato?.text ?? "").utf8)
        var (files, bytes, ids, hits) = (0, 0, 0, [String]())
        for folder in [stage.data.root, "\(stage.data.root)/state", "\(stage.data.root)/broker", stage.folder] {
            for name in try names(in: folder) where name != "form.txt" {
                let whole = try readWhole("\(folder)/\(name)")
                (files, bytes) = (files + 1, bytes + whole.count)
                if whole.holds(id) { ids += 1 }
                if words.contains(where: { whole.holds($0) }) { hits.append(name) }
            }
        }
        guard hits.isEmpty else { throw Failure.refused("her name stands readable in \(hits.joined(separator: ", ")).") }
        guard ids > 0 else { throw Failure.refused("not even her id was found, so this search shows nothing.") }
        stage.say(
            "    databases, logs and the broker's memory, \(files) files, \(bytes / 1_000_000) MB: her id in \(ids) of them, her name in none  氏名は0件"
        )
    }

    private func names(in folder: String) throws -> [String] {
        guard let open = opendir(folder) else { return [] }
        defer { closedir(open) }
        var names: [String] = []
        while let entry = readdir(open) {
            guard entry.pointee.d_type == DT_REG else { continue }
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                })
        }
        return names.sorted()
    }
}

extension [UInt8] {
    /// Whether these bytes stand anywhere in it.
    fileprivate func holds(_ part: [UInt8]) -> Bool {
        guard let first = part.first, count >= part.count else { return false }
        return (0...count - part.count).contains { self[$0] == first && self[$0..<$0 + part.count].elementsEqual(part) }
    }
}
