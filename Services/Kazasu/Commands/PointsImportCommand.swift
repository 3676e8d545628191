import Contracts
import Town

extension Flag {
    fileprivate static var approve: Self { Self("--approve", "approve what another desk has drawn up from this file, and pay it") }
}

extension Command {
    package static var pointsImport: Command {
        Command(
            "points import", "FILE", count: 1...1,
            summary: "opening balances of a scheme that is taken over, reconciled with the file (残高の引継ぎ)",
            options: [Flag.approve.shape] + PointsCounter.moving,
            details: """
                CSV with the columns person, purse and amount, and expires if some of it does. One line that cannot be read, and nothing is sent. Each purse and
                day of expiry becomes a campaign; a second person approves them. Given again, the file moves nothing and is held against what was paid: exit
                code 1 while they differ.
                Examples:
                  kazasu points import balances.csv
                  kazasu points import balances.csv --approve --as second
                """
        ) { arguments, console in
            let path = try arguments.operand(0, .listFile)
            let approves = arguments.has(.approve)
            let counter = try PointsCounter(arguments, console)
            let words = counter.words
            let opening = try OpeningBalances(
                try sheet(path, needs: [.person, .purse, .amount], counter), today: counter.today)
            var campaigns = try opening.parts.map { try counter.drawUp($0.wish, $0.lines) }
            if approves {
                for campaign in campaigns {
                    try counter.checkSecondPerson(campaign)
                    console.note("\(campaign.id), drawn up by \(campaign.proposedBy): \(words.summary(campaign))")
                }
                try counter.confirm("pay these balances?")
                campaigns = try campaigns.map { $0.stage == .proposed ? try counter.decide(.approve, $0.id) : $0 }
            }
            if counter.json {
                try console.json(campaigns)
            } else {
                console.out(table([words.openingHeading] + zip(opening.parts, campaigns).map { words.row($0, $1) }))
                for campaign in campaigns {
                    for line in try counter.lines(of: campaign.id, nil).prefix(20) {
                        console.note("\(campaign.id): \(words.row(line, of: campaign.purse).joined(separator: ", "))")
                    }
                }
            }
            if campaigns.contains(where: { $0.stage == .proposed }) {
                console.note("to pay them, at another desk: kazasu points import \(path) --approve --as NAME")
                return zip(opening.parts, campaigns).allSatisfy { $0.sum == $1.tally.amount } ? .done : .refused
            }
            return zip(opening.parts, campaigns).allSatisfy { $0.sum == $1.tally.paidAmount } ? .done : .refused
        }
    }
}
