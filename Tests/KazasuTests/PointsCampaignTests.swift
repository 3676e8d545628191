import Contracts
import Testing

@testable import Kazasu

@Suite("A campaign at a counter for points")
struct PointsCampaignTests {
    private let clerk = PointsSample.clerk()
    private var service: PaperDirectory { clerk.directory }
    private var path: String { clerk.scratch.path + "/people.csv" }

    /// A service with nothing yet, that takes what it is sent.
    private final class Books {
        var campaign: Campaign?
        var lines: [CampaignLine] = []
        /// Stages that are told one after the other while it works.
        var coming: [Campaign.Stage] = []

        func pay(_ count: Int, _ amount: Int64) {
            campaign?.tally.paid = count
            campaign?.tally.paidAmount = amount
        }
    }
    private let books = Books()

    init() {
        let books = books
        service.answer(.reviewCampaign) { ask in
            guard var campaign = books.campaign else { return .refuse("unknown-campaign", "There is no campaign \(ask.campaign).") }
            if !books.coming.isEmpty { campaign.stage = books.coming.removeFirst() }
            books.campaign = campaign
            let some = books.lines.filter { line in
                line.line > ask.after ?? 0 && (ask.verdict.map { $0 == line.verdict } ?? (line.verdict != .new))
            }
            return .accept(CampaignPage(campaign, Array(some.prefix(100)), more: some.count > 100))
        }
        service.answer(.openCampaign) { wish in
            var campaign = Campaign(
                wish.campaign, title: wish.title, benefit: wish.benefit, wish.amount, of: wish.purse,
                source: wish.rule == nil ? .list : .rule,
                by: "points-desk-chamber", at: Sample.at)
            (campaign.expires, campaign.rule, campaign.from, campaign.until) = (wish.expires, wish.rule, wish.from, wish.until)
            if wish.rule != nil { campaign.stage = .gathering }
            books.campaign = campaign
            return .accept(CampaignChanged(campaign, by: campaign.proposedBy))
        }
        service.answer(.addLines) { wish in
            for line in wish.lines {
                let verdict: CampaignLine.Verdict = line.person == Sample.taro ? .unknown : .new
                let amount = line.amount ?? books.campaign?.amount ?? 0
                books.lines.append(CampaignLine(line.line, line.person, amount, verdict))
                books.campaign?.tally.lines += 1
                if verdict == .unknown {
                    books.campaign?.tally.unknown += 1
                } else {
                    books.campaign?.tally.new += 1
                    books.campaign?.tally.amount += amount
                }
            }
            return .accept(CampaignChanged(books.campaign!, by: nil))
        }
        service.answer(.decideCampaign) { wish in
            switch wish.decision {
            case .propose: books.campaign?.stage = .proposed
            case .approve: books.campaign?.stage = .paying
            case .reverse: books.campaign?.stage = .reversal
            case .discard: books.campaign?.stage = .discarded
            }
            return .accept(CampaignChanged(books.campaign!, by: nil))
        }
        service.answer(.showPoints) { _ in
            .accept(PointsShown(Sample.hanako, [PointsShown.Lot("points", 320, expires: nil)]))
        }
    }

    private func person(_ number: Int) -> PersonID {
        let letters = Array("abcdefghijklmnopqrstuvwxyz234567")
        return PersonID("p-aaaaaaaaaaaaa\(letters[number / 1024 % 32])\(letters[number / 32 % 32])\(letters[number % 32])")!
    }

    private func open(_ more: String...) -> ExitCode {
        clerk.run(
            all: [
                "points", "campaign", "open", "spring-2027", "--title", "生活応援", "--benefit", "support-2027", "--amount", "1000", "--purse",
                "points",
            ] + more)
    }

    @Test("A file goes over in portions, each line once and with its number, is drawn up, and told in words with examples to check by hand")
    func sent() throws {
        let rows = (1...450).map { "\(person($0)),\($0 == 7 ? "\"2,500\"" : "")" } + [Sample.taro.text + ","]
        write((["person,amount"] + rows).joined(separator: "\r\n"), to: path)
        #expect(open("--list", path) == .done, "\(clerk.err)")
        let sent = try service.commands(.addLines)
        #expect(sent.map(\.lines.count) == [200, 200, 51])
        #expect(sent.flatMap(\.lines).map(\.line) == Array(2...452))
        #expect(sent[0].lines[6] == AddLines.Line(8, person(7), amount: 2500) && sent[0].lines[0].amount == nil)
        #expect(try service.commands(.decideCampaign) == [DecideCampaign(.propose, "spring-2027")])
        #expect(clerk.out.contains("450 new, 0 repeats, 1 unknown; 451,500 ポイント in all\n"), "\(clerk.out)")
        #expect(clerk.out.contains("amounts line by line"), "\(clerk.out)")
        #expect(clerk.out.contains("line 452  \(Sample.taro)  1,000 ポイント  not known, or without a card\n"), "\(clerk.out)")
        #expect(clerk.out.contains("line 2  \(person(1))  1,000 ポイント  has 320 ポイント, then 1,320 ポイント\n"), "\(clerk.out)")
        #expect(clerk.err.contains("kazasu points campaign approve spring-2027 --as NAME"), "\(clerk.err)")
    }

    @Test("A file with one line that cannot be read is not sent at all, and every such line is named")
    func unreadable() {
        write("person,amount\n\(person(1)),1000\nami,1000\n\(person(2)),-5\n\(person(3)),1.5\n", to: path)
        #expect(open("--list", path) == .refused)
        #expect(clerk.err.contains("3 lines of the file cannot be read, and nothing was sent."), "\(clerk.err)")
        for sentence in ["line 3: \"ami\" is no person's id", "line 4: \"-5\" is no whole number", "line 5: \"1.5\""] {
            #expect(clerk.err.contains(sentence), "\(clerk.err)")
        }
        write("name,amount\nx,1\n", to: path)
        #expect(open("--list", path) == .refused && clerk.err.contains("a column is missing: \"person\""), "\(clerk.err)")
        #expect(open() == .usage && open("--list", path, "--eligible", "senior") == .usage)
        #expect(service.asked.isEmpty)
    }

    @Test("Every beginning of a file, and a file with any byte changed, is read or refused with a sentence")
    func bytes() {
        let purses = [Purse("points", title: "ながいポイント")]
        func read(_ bytes: [UInt8]) {
            do throws(Failure) { #expect(try !PointsSheet(bytes, needs: [.person], purses: purses).lines.isEmpty) } catch {
                #expect(!error.description.isEmpty)
            }
        }
        let whole = Array("person,種類,金額,有効期限\r\n\(person(1)),ながいポイント,\"1,200\",令和9年3月31日\r\n\(person(2)),points,３,\r\n".utf8)
        for length in 0...whole.count { read(Array(whole[..<length])) }
        for place in whole.indices {
            for byte in [0, 0x22, 0x2C, 0x2D, 0x0A, 0x39, 0xFF] as [UInt8] {
                var changed = whole
                changed[place] = byte
                read(changed)
            }
        }
    }

    @Test("One that was half sent goes on where it was; another file under its name is refused")
    func resumed() throws {
        let rows = (1...300).map { person($0).text }
        write((["person"] + rows).joined(separator: "\n"), to: path)
        #expect(open("--list", path) == .done)
        let whole = books.lines
        // The power failed after the first portion.
        books.lines = Array(whole.prefix(200))
        books.campaign?.stage = .open
        #expect(open("--list", path) == .done, "\(clerk.err)")
        #expect(try service.commands(.openCampaign).count == 1 && books.campaign?.stage == .proposed)
        // All of it is there already.
        let before = service.asked.count { $0 == "campaign-lines" }
        books.lines = whole
        #expect(open("--list", path) == .done && service.asked.count { $0 == "campaign-lines" } == before)
        write((["person"] + rows.reversed()).joined(separator: "\n"), to: path)
        #expect(open("--list", path) == .refused)
        #expect(clerk.err.contains("was drawn up from another file: line 2 is another one there"), "\(clerk.err)")
    }

    @Test("One by a rule waits until it is known whom it is for")
    func byRule() throws {
        books.coming = [.gathering, .gathering, .proposed]
        #expect(open("--rule", "gym-visit", "--from", "2026-10-01 00:00", "--to", "2026-11-01 00:00") == .done, "\(clerk.err)")
        let wish = try #require(try service.commands(.openCampaign).first)
        #expect(wish.rule == "gym-visit" && wish.from == Instant(rfc3339: "2026-10-01T00:00:00+09:00"))
        #expect(try service.commands(.decideCampaign).isEmpty && books.coming.isEmpty)
        #expect(clerk.out.contains("for taps that rule gym-visit would have paid, 2026-10-01 00:00–2026-11-01 00:00"), "\(clerk.out)")
    }

    @Test("Whoever has drawn it up cannot approve it, and is told who can; the other one sees what is paid, and waits until it is")
    func secondPerson() throws {
        books.campaign = PointsSample.campaign(.proposed)
        #expect(clerk.run("points", "campaign", "approve", "spring-2027") == .refused)
        #expect(
            clerk.err.contains("points-desk-chamber has drawn it up, and a second person has to approve it: --as second"), "\(clerk.err)")
        let words = ["points", "campaign", "approve", "spring-2027", "--as", "second"]
        #expect(clerk.run(all: words, typing: ["n"], atTerminal: true) == .refused)
        #expect(try service.commands(.decideCampaign).isEmpty)
        #expect(
            clerk.err.contains("drawn up by points-desk-chamber: 1,204 new, 0 repeats, 3 unknown; 1,204,000 ポイント in all"), "\(clerk.err)")
        books.coming = [.proposed, .paying, .paid]
        #expect(clerk.run(all: words, typing: ["y"], atTerminal: true) == .done, "\(clerk.err)")
        #expect(clerk.out.hasPrefix("spring-2027  生活応援: paid\n"), "\(clerk.out)")
        #expect(clerk.run("points", "campaign", "reverse", "spring-2027") == .done)
        #expect(clerk.err.contains("to take it back, at another desk"), "\(clerk.err)")
    }

    // MARK: Opening balances

    private func opening(_ lines: String...) -> [String] {
        write((["番号,種類,金額,有効期限"] + lines).joined(separator: "\r\n"), to: path)
        return ["points", "import", path]
    }

    @Test("Opening balances become campaigns by purse and day of expiry, and are held against the file: a difference changes the exit code")
    func opened() throws {
        let words = opening("\(person(1)),ながいポイント,\"1,200\",令和9年3月31日", "\(person(2)),points,300,2027-03-31")
        #expect(clerk.run(all: words) == .done, "\(clerk.err)")
        let wish = try #require(try service.commands(.openCampaign).first)
        #expect(wish.campaign == "opening-points-2027-03-31" && wish.expires == "2027-03-31" && wish.purse == "points")
        #expect(
            try service.commands(.addLines) == [
                AddLines([.init(2, person(1), amount: 1200), .init(3, person(2), amount: 300)], to: wish.campaign)
            ])
        #expect(clerk.err.contains("--approve --as NAME"), "\(clerk.err)")
        #expect(clerk.run(all: words + ["--approve"]) == .refused && clerk.err.contains("--as second"), "\(clerk.err)")
        // One of them spent nothing, and was paid less all the same.
        books.coming = [.proposed, .proposed, .proposed, .proposed, .proposed, .paid]
        books.pay(1, 1200)
        #expect(clerk.run(all: words + ["--approve", "--as", "second"]) == .refused)
        #expect(clerk.out.contains("1,500 ポイント  1,200 ポイント  -300"), "\(clerk.out)")
        books.pay(2, 1500)
        #expect(clerk.run(all: words) == .done && clerk.out.contains("1,500 ポイント  1,500 ポイント  0"), "\(clerk.out)")
    }

    @Test("A balance that stands twice, or is over already, is named with its line, and nothing is sent")
    func openedTwice() {
        let words = opening(
            "\(person(1)),points,1,2027-03-31", "\(person(1)),points,2,2027-03-31", "\(person(1)),points,2,",
            "\(person(2)),points,2,2020-01-01",
            "\(person(3)),coins,2,")
        #expect(clerk.run(all: words) == .refused)
        #expect(clerk.err.contains("line 6: \"coins\" is no purse of this town. It has: points, stamps, tickets"), "\(clerk.err)")
        #expect(
            clerk.run(
                all: opening("\(person(1)),points,1,2027-03-31", "\(person(1)),points,2,2027-03-31", "\(person(2)),points,2,2020-01-01"))
                == .refused)
        #expect(clerk.err.contains("line 3: \(person(1)) has points to the same day on line 2 already"), "\(clerk.err)")
        #expect(clerk.err.contains("line 4: 2020-01-01 is over already"), "\(clerk.err)")
        #expect(service.asked.isEmpty)
    }
}
