import CPCSC
import Contracts
import Glibc
import Seal

/// The thread that waits for cards and reads them, one after the other.
struct ReaderWatch: Sendable {
    /// Times in milliseconds.
    private enum Limit {
        /// For one card, from the moment it was noticed.
        static let reading: Int64 = 2500
        /// For another program to let go of the card.
        static let sharing: Int64 = 500
        /// Old versions of pcscd do not count plugged readers, so the list is asked for anyway.
        static let listing: Int64 = 5000
        static let shortestRetry: Int64 = 200
        static let longestRetry: Int64 = 5000
    }

    let shared: Handover
    let readers: [ConfiguredReader]
    let applications: [CardApplication]
    let felica: Bool

    /// Runs until the end, through any number of lives of pcscd.
    func run() {
        var state = WatchState(count: readers.count)
        var retry = Limit.shortestRetry
        while !shared.isEnding {
            do throws(PCSCError) {
                let context = try PCSCContext()
                shared.setContext(context.handle)
                defer { shared.setContext(nil) }
                let names = try context.readerNames()
                say(.up, &state)
                retry = Limit.shortestRetry
                try watch(context, listed: names, &state)
            } catch {
                if shared.isEnding { break }
                say(.down(reason: "pcscd does not answer (\(error)). Is it installed and running?"), &state)
                adopt([], &state)
                shared.pause(milliseconds: retry)
                retry = min(retry * 2, Limit.longestRetry)
            }
        }
        shared.finish()
    }

    /// Waits and reads until the end, or until pcscd fails.
    private func watch(_ context: borrowing PCSCContext, listed: [String], _ state: inout WatchState) throws(PCSCError) {
        adopt(listed, &state)
        var listing = monotonicMilliseconds() + Limit.listing
        while !shared.isEnding {
            let left = max(0, listing - monotonicMilliseconds())
            let outcome = try state.wait(context, milliseconds: left)
            let now = TapTime.now()
            var isListingDue = now.monotonic >= listing
            switch outcome {
            case .looked(let looks, let readersChanged):
                if readersChanged { isListingDue = true }
                for look in looks { judge(look, context, at: now, &state) }
            case .unknownReader: isListingDue = true
            case .nothing: break
            }
            if isListingDue, !shared.isEnding {
                adopt(try context.readerNames(), &state)
                listing = monotonicMilliseconds() + Limit.listing
            }
        }
    }

    /// Takes over a new list of PC/SC readers.
    private func adopt(_ listed: [String], _ state: inout WatchState) {
        let names = assignment(of: listed, to: readers, keeping: state.places.map { $0?.name.text })
        for (index, name) in names.enumerated() where state.places[index]?.name.text != name {
            state.places[index] = name.map { WatchState.Place(name: CText($0)) }
            shared.setDevice(name, of: readers[index].name)
        }
        for index in readers.indices where state.places[index] == nil { say(.missing, of: index, &state) }
    }

    /// One reader's new state: a tap is read, a change of health is told.
    private func judge(_ look: WatchState.Look, _ context: borrowing PCSCContext, at now: TapTime, _ state: inout WatchState) {
        guard let place = state.places[look.index] else { return }
        let (isTap, known) = Cards.look(at: look.bits, after: place.bits)
        state.places[look.index]?.bits = known
        say(look.bits.isUnavailable ? .failed : .ready, of: look.index, &state)
        guard isTap else { return }
        let reader = readers[look.index].name
        shared.post(.reading(reader, at: now))
        let reading = look.bits.isMute ? Reading.unreadable(.channel(.mute)) : read(place.name.text, look.atr, context, since: now)
        shared.post(.read(reader, reading, startedAt: now))
    }

    /// Reads the card, again from the start when another program was in the way.
    private func read(_ reader: String, _ atr: [UInt8], _ context: borrowing PCSCContext, since tap: TapTime) -> Reading {
        while true {
            let reading = attempt(reader, atr, context, since: tap)
            let waited = monotonicMilliseconds() - tap.monotonic
            switch reading {
            case .unreadable(.channel(.busy)) where waited < Limit.sharing: shared.pause(milliseconds: 20)
            case .unreadable(.channel(.reset)) where waited < Limit.reading: shared.pause(milliseconds: 5)
            default: return reading
            }
            if shared.isEnding { return reading }
        }
    }

    private func attempt(_ reader: String, _ atr: [UInt8], _ context: borrowing PCSCContext, since tap: TapTime) -> Reading {
        guard let random = try? randomBytes(Challenge.length), let challenge = Challenge(random) else {
            preconditionFailure("this machine gives no random bytes")
        }
        do throws(PCSCError) {
            let card = try ConnectedCard(context: context, reader: reader, deadline: tap.monotonic + Limit.reading)
            defer { card.disconnect() }
            return Cards.read(
                card: card, atr: atr, applications: applications, felica: felica, challenge: challenge, at: tap.realtime)
        } catch {
            return .unreadable(.channel(error.cardError))
        }
    }

    // Each state is told when it changes, and once at the start.

    private func say(_ service: CardEvent.ServiceState, _ state: inout WatchState) {
        // The reason may vary from try to try; down is down.
        let isUp = service == .up
        guard state.isUp != isUp else { return }
        state.isUp = isUp
        shared.post(.service(service))
    }

    private func say(_ condition: CardEvent.ReaderState, of index: Int, _ state: inout WatchState) {
        guard state.told[index] != condition else { return }
        state.told[index] = condition
        shared.post(.readerState(readers[index].name, condition))
    }
}
