import Contracts
import ServiceKit

/// What a look at somebody's silence finds.
enum SilenceVerdict: Equatable {
    /// It is not too long: it would be then.
    case fine(until: Instant)
    /// It would be too long, but not all is heard yet.
    case unheard
    /// It would be too long, and a machine they use has been silent for more than an hour: nobody knows.
    case unknown([Gate])
    case silent

    init(due: Instant, at now: Instant, restingOn gates: [Gate]) {
        guard due <= now else {
            self = .fine(until: due)
            return
        }
        let unheard = gates.filter { !$0.heard.covers(due) }
        let silent = unheard.filter(\.isSilent)
        self = unheard.isEmpty && !gates.isEmpty ? .silent : silent.isEmpty ? .unheard : .unknown(silent)
    }
}

/// When a silence that began at `last` has lasted too long: so many whole days, without the time in which a machine could not be heard that stands in for
/// the person. A night does not count as lost: many machines are switched off then, and few people come.
/// - Parameter outages: of all machines it rests on, in any order; they may overlap.
func silenceEnds(after last: Instant, days: Int, outages: [Range<Instant>], quiet: QuietHours, _ offset: UTCOffset) -> Instant {
    var end = last + .seconds(Int64(days) * 86_400)
    var heard = last
    for outage in outages.sorted(by: { $0.lowerBound < $1.lowerBound }) where outage.upperBound > heard {
        let from = max(outage.lowerBound, heard)
        guard from < end else { break }
        end = end + quiet.awake(from..<outage.upperBound, offset)
        heard = outage.upperBound
    }
    return quiet.end(after: end, offset)
}

extension QuietHours {
    /// How much of a span lies outside the quiet hours.
    func awake(_ span: Range<Instant>, _ offset: UTCOffset) -> Duration {
        guard from != until else { return span.upperBound - span.lowerBound }
        var (awake, at) = (Duration.zero, span.lowerBound)
        while at < span.upperBound {
            let start = end(after: at, offset)
            guard start < span.upperBound else { break }
            let midnight = Instant(startOf: start.date(offset), offset)
            var night = midnight + .seconds(Int64(from) * 60)
            if night <= start { night = night + .seconds(86_400) }
            awake += min(night, span.upperBound) - start
            at = night
        }
        return awake
    }
}
