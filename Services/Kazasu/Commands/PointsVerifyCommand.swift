import Contracts
import Town

extension Option where Value == String {
    fileprivate static var notedDigests: Self {
        Self(
            "--noted", "FILE", "compare with the digests noted there by earlier checks, and note this one; keep it on another computer",
            expected: "the path of a file"
        ) { $0.isEmpty ? nil : $0 }
    }
}

extension Command {
    package static var pointsVerify: Command {
        Command(
            "points verify", summary: "compute the whole ledger anew: every transfer, every sum, nothing created or lost (検算)",
            options: [Option<String>.notedDigests.shape] + PointsCounter.options,
            details: """
                Exit code 1 at the first thing that is wrong, in a sentence. A ledger that somebody has written anew from the beginning is consistent in itself:
                only a digest that was noted before shows it.
                Example: kazasu points verify --noted /media/usb/ledger.txt
                """
        ) { arguments, console in
            let path = try arguments.optional(.notedDigests)
            var noted = try path.map { path throws(Failure) in try NotedDigests(path) }
            let counter = try PointsCounter(arguments, console)
            var verified = try counter.verify()
            if verified.fault == nil { verified.fault = try counter.fault(of: noted?.lines ?? [], newest: verified) }
            if counter.json {
                try console.json(verified)
            } else {
                console.line(counter.words.verified(verified))
            }
            guard verified.fault == nil else { return .refused }
            if let path, verified.through > 0 {
                let earlier = noted?.lines.count ?? 0
                try noted?.note(verified.through, verified.digest, at: console.now().rfc3339(counter.town.offset))
                console.note("\(earlier) earlier \(earlier == 1 ? "check" : "checks") in \(path) fit; this one is noted there")
            }
            return .done
        }
    }
}

extension PointsCounter {
    /// Slice by slice, to the end of the ledger or to the first thing that is wrong.
    fileprivate func verify() throws -> LedgerVerified {
        var slice = try ask(VerifyLedger(), on: .verifyLedger)
        while slice.fault == nil, slice.through < slice.of {
            console.progress("\(words.grouped(slice.through)) of \(words.grouped(slice.of)) transfers")
            let next = try ask(VerifyLedger(after: slice.through, digest: slice.digest), on: .verifyLedger)
            guard next.through > slice.through || next.fault != nil else {
                throw Failure.refused("the check does not get beyond transfer \(slice.through). See: kazasu health")
            }
            slice = next
        }
        console.progress("")
        return slice
    }

    /// Whether each noted digest is still the one of its transfer: what follows a transfer is chained to it, so another digest does not lead on.
    fileprivate func fault(of noted: [NotedDigests.Line], newest: LedgerVerified) throws -> String? {
        for line in noted {
            if line.number > newest.through {
                return "transfer \(line.number), noted \(line.at), is missing: the ledger ends with transfer \(newest.through)"
            }
            let fits =
                line.number == newest.through
                ? line.digest == newest.digest
                : try ask(VerifyLedger(after: line.number, digest: line.digest), on: .verifyLedger).fault == nil
            if !fits { return "transfer \(line.number) or one before it was altered after it was noted, \(line.at)" }
        }
        return nil
    }
}

extension PlainWords {
    func verified(_ verified: LedgerVerified) -> String {
        if let fault = verified.fault {
            let fault = harmless(fault)
            return Phrase(
                "WRONG: \(fault). Keep the database as it is, and call whoever looks after it", "異常: \(fault)(データベースを保全し、担当者へ連絡)")[language]
        }
        let (transfers, accounts) = (grouped(verified.through), grouped(verified.accounts ?? 0))
        return Phrase(
            "nothing is wrong: \(transfers) transfers, \(accounts) accounts, last digest \(verified.digest)",
            "異常なし: 移動\(transfers)件、口座\(accounts)件、最終ダイジェスト \(verified.digest)")[language]
    }
}
