import Contracts
import ServiceKit

/// The town's list of residents: handed over at one counter, approved at the other, applied; and once more a while later with others in it.
extension Clerks {
    static var policy: PeoplePolicy {
        var policy = PeoplePolicy()
        policy.lists = [
            ListRule("residents", .residents, columns: [.number: "宛名番号", .name: "氏名", .reading: "フリガナ", .born: "生年月日", .address: "住所"])
        ]
        var senior = PeoplePolicy.Programme("senior")
        senior.fromAge = 70
        policy.programmes = [senior]
        return policy
    }

    private static func row(_ number: Int) -> [String] {
        [
            "\(Secrets.number)-\(number)", "\(Secrets.family) \(Secrets.given)\(number)", "\(Secrets.reading) \(number)",
            "\(Secrets.born)\(10 + number % 19)", "\(Secrets.address)\(number)番",
        ]
    }

    func handOver(_ numbers: Range<Int>) {
        let town = directory.identity.town
        let rows = numbers.enumerated().map { AddRows.Row(line: $0.offset + 2, Self.row($0.element)) }
        let header = ["宛名番号", "氏名", "フリガナ", "生年月日", "住所"]
        func decide(_ list: EventID, _ decision: DecideList.Decision, by: Instance) -> Errand {
            Errand("\(decision)s the list", .decideList, by: by, in: town, { _ in DecideList(list, decision) })
        }
        queue = [
            Errand(
                "opens the list", .openList, in: town,
                { _ in OpenList("residents", header: header, rows: rows.count, sha256: "\(numbers)") },
                done: { [unowned self] review, _ in
                    queue =
                        rows.parts(of: 20).map { part in
                            Errand("hands \(part.count) rows over", .addRows, in: town, { _ in AddRows(review.id, part) })
                        } + [
                            Errand(
                                "approves the list too", .decideList,
                                never: Errand.Rule(sentence: "whoever handed it over does not approve it"), in: town,
                                { _ in DecideList(review.id, .approve) }), decide(review.id, .approve, by: "tax"),
                            decide(review.id, .apply, by: "civil"),
                        ]
                })
        ]
    }
}
