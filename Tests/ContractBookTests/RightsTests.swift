import ContractBook
import Contracts
import Testing

@Suite("The published contract says what the broker's ACL lets")
struct RightsTests {
    static let roster = Roster([
        .readerAgent: ["gate-1", "gate-2"], .lockController: ["main"], .residentDirectory: ["main"], .shelterRegistry: ["main"],
        .points: ["main"], .notifier: ["main"], .analytics: ["main"], .portal: ["main"], .lock: ["gym", "hall"], .keypad: ["gym", "hall"],
        .lockDriver: ["main"],
        .desk: ["office", "gym"],
        .registrar: ["office", "civil-affairs"], .shelterDesk: ["hq"], .pointsDesk: ["chamber"], .till: ["bakery"],
        .noticeDesk: ["hall"], .home: ["home-1"], .reception: ["main"], .receptionDesk: ["school"],
        .resident: ["page"], .operator: ["audit"],
    ])

    /// A topic of the book in a town: its parameters filled in, and which role's instance each of them names.
    struct Place {
        var text: String
        var instances: [Role: Instance] = [:]
    }

    static func places(_ topic: BookTopic) -> [Place] {
        topic.parameters.reduce([Place(text: topic.address)]) { places, parameter in
            let (role, values): (Role?, [Instance]) =
                switch parameter {
                case "agent": (.readerAgent, roster.instances[.readerAgent] ?? [])
                case "door" where (topic.writers + topic.readers).contains(.keypad): (.keypad, roster.instances[.keypad] ?? [])
                case "door": (.lock, roster.instances[.lock] ?? [])
                case "home": (.home, roster.instances[.home] ?? [])
                case "instance", "producer": (nil, ["main"])
                case "name": (topic.writers + topic.readers).first(where: \.isStation).map { ($0, roster.instances[$0] ?? []) } ?? (nil, [])
                case "shop": (.till, roster.instances[.till] ?? [])
                case "town": (nil, ["nagai"])
                default: (nil, ["thing"])
                }
            return places.flatMap { place in
                values.map { value in
                    var place = place
                    let parts = place.text.split(separator: "{\(parameter)}", omittingEmptySubsequences: false)
                    place.text = parts.joined(separator: value.text)
                    if let role { place.instances[role] = value }
                    return place
                }
            }
        }
    }

    static func matches(_ filter: String, _ topic: String) -> Bool {
        let (levels, names) = (filter.split(separator: "/"), topic.split(separator: "/"))
        return levels.count == names.count && zip(levels, names).allSatisfy { $0 == "+" || $0 == $1 }
    }

    @Test("The town of these tests has users of every kind")
    func everybody() { #expect(Self.roster.instances.keys.sorted() == Role.allCases.sorted()) }

    @Test("For every user and every topic of a town: writing and reading are allowed exactly where the page says so")
    func rights() throws {
        let topics = try Published.book().topics
        for (role, instance) in Self.roster.users {
            let lines = Contract.access(of: role, instance, in: "nagai")
            var used: Set<AccessLine> = []
            for topic in topics {
                for place in Self.places(topic) {
                    let isOwn = place.instances[role] ?? instance == instance
                    for (roles, accesses) in [
                        (topic.writers, [AccessLine.Access.write, .readwrite]), (topic.readers, [.read, .readwrite]),
                    ] {
                        let found = lines.filter { accesses.contains($0.access) && Self.matches($0.filter, place.text) }
                        used.formUnion(found)
                        #expect(found.isEmpty != (roles.contains(role) && isOwn), "\(role.user(instance)): \(accesses[0]) \(place.text)")
                    }
                }
            }
            // What the broker says of itself is no topic of the contract; the page tells of it in its introduction.
            let broker: Set = role == .operator ? [AccessLine(.read, "$SYS/broker/#")] : []
            #expect(
                lines.filter { !used.contains($0) && !broker.contains($0) }.map(\.description) == [],
                "\(role.user(instance)): rights that no page tells of")
        }
    }
}
