import Bus
import Contracts
import Harness

/// Words that stand in people's files, or in the shelters' own books, and nowhere else in the town, and where on the bus each may be said: beside the
/// commands of registrars and their answers, in the views that need it, and at the receptions of shelters. The list is here once.
struct Secrets {
    private static let views: [String: [TopicName]] = [
        family: ["shelter-view", "notice-view"], given: ["shelter-view", "notice-view"], reading: ["shelter-view"], need: ["shelter-view"],
        district: ["shelter-view", "visit-view", "notice-view"], phone: ["notice-view"], mail: ["notice-view"],
        guest: [], attendee: [], guestReading: [], answer: [], born: [], bornLate: [], address: [], household: [], number: [],
        attribute: [], reason: [],
    ]

    /// Of no secret: it stands in the town's file.
    static let school = "第一小学校"
    static let family = "鷲巣"
    static let given = "百舌"
    static let reading = "ワシノス"
    static let born = "1931-03-"
    static let bornLate = "2017-03-"
    static let address = "霧ヶ峰町"
    static let district = "鵯台"
    static let household = "世帯七七三一"
    static let phone = "090-1139-"
    static let mail = "washinosu.example"
    static let number = "宛七七三一"
    static let need = "吸入器"
    static let attribute = "雀級"
    static let reason = "椋鳥の件"

    // Of guests at shelters, and what was written down of anybody there.
    static let guest = "旅烏"
    static let guestReading = "タビガラス"
    static let answer = "粉乳銘柄"

    /// Of whoever stands in the list of a reception.
    static let attendee = "仏法僧"

    /// What goes between the books of registries.
    private static let booked: Set<String> = [guest, guestReading, answer]

    private let sniffer = Sniffer(views.keys.sorted())
    /// How often each was found where it may be.
    private(set) var known: [String: Int] = [:]

    /// - Returns: a sentence for each word that stands where it must not.
    mutating func search(_ outgoing: Outgoing) -> [String] {
        if Self.isCounter(outgoing.topic) { return [] }
        return sniffer.found(in: outgoing.payload).compactMap { word in
            guard Self.mayBeSaid(word, on: outgoing.topic) else { return "“\(word)” was said on \(outgoing.topic)" }
            known[word, default: 0] += 1
            return nil
        }
    }

    func search(_ line: String) -> [String] { sniffer.found(in: Array(line.utf8)).map { "“\($0)” stands in the log: \(line)" } }

    /// What somebody finds who takes away a disk: a service's own view in clear, and nothing at all of the directory's, of a registry of
    /// shelters, of the notifier or of the receptions, which have a vault as well.
    func search(_ disk: [UInt8], of machine: any Machine) -> [String] {
        sniffer.found(in: disk).filter { word in
            let isSealed = ["shelter-registry-", "notifier-", "reception-"].contains { machine.name.hasPrefix($0) }
            return isSealed
                || !Self.views[word, default: []].contains { view in Self.readers(of: view).contains { machine.name.hasPrefix("\($0)-") } }
        }.map { "“\($0)” lies on the disk of \(machine.name)" }
    }

    private static func isCounter(_ topic: String) -> Bool {
        isAsked(of: "resident-directory", on: topic) && topic.contains("/registrar-")
    }

    private static func isAsked(of program: Program, on topic: String) -> Bool {
        topic.hasPrefix("nagai/\(program)/command/") || topic.hasPrefix("nagai/\(program)/reply/")
    }

    private static func mayBeSaid(_ word: String, on topic: String) -> Bool {
        let isReception = isAsked(of: "shelter-registry", on: topic) && topic.contains("/shelter-desk-")
        if booked.contains(word) {
            return isReception || topic.hasPrefix("nagai/shelter-registry/event/") && topic.hasSuffix("/evacuee-file")
                || topic.hasPrefix("nagai/shelter-registry/batch/") && topic.contains("/shelter-registry--")
        }
        if word == attendee { return isAsked(of: "reception", on: topic) && topic.contains("/reception-desk-") }
        return views[word, default: []].contains { view in
            topic == "nagai/resident-directory/event/main/\(view)" || isReception && view == "shelter-view"
                || readers(of: view).contains { topic.hasPrefix("nagai/resident-directory/batch/main/\($0)--") }
        }
    }

    private static func readers(of view: TopicName) -> [Program] {
        Contract.rows.filter { $0.owner == "resident-directory" && $0.name == view }.flatMap(\.readers).map(\.program)
    }
}

extension PersonFacts {
    /// All that can be known of the `number`th person of a simulated town.
    static func secret(_ number: Int, isChild: Bool = false) -> PersonFacts {
        var facts = PersonFacts()
        (facts.name, facts.reading) = ("\(Secrets.family) \(Secrets.given)\(number)", "\(Secrets.reading) モズ\(number)")
        facts.born = CalendarDate("\(isChild ? Secrets.bornLate : Secrets.born)\(10 + number % 19)")
        (facts.address, facts.district) = ("\(Secrets.address)\(number)番", "\(Secrets.district)\(number % 3)")
        facts.household = "\(Secrets.household)-\(number / 3)"
        facts.channels = [Reach(.phone, "\(Secrets.phone)\(1000 + number)"), Reach(.mail, "mozu\(number)@\(Secrets.mail)")]
        facts.needs = [Secrets.need]
        facts.isProtected = number % 5 == 4 ? true : nil
        facts.attributes = [Attribute("disability", Secrets.attribute, from: "2020-04-01", source: "welfare")]
        facts.languages = ["ja"]
        if isChild { facts.school = Secrets.school }
        return facts
    }
}
