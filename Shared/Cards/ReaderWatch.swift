import CPCSC
import Contracts

/// The thread that waits for cards, at all readers in one call. Only one may: libpcsclite keeps the readers' states once a process, and a thread that
/// waits beside another one can miss a card.
struct ReaderWatch: Sendable {
    /// Times in milliseconds.
    private enum Limit {
        /// Old versions of pcscd do not count plugged readers, so the list is asked for anyway.
        static let listing: Int64 = 5000
        static let shortestRetry: Int64 = 200
        static let longestRetry: Int64 = 5000
    }

    let shared: Handover
    let readers: [ConfiguredReader]
    let attendant: Attendant

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
        shared.watchEnds()
    }

    /// Waits until the end, or until pcscd fails.
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
                for look in looks { judge(look, at: now, &state) }
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

    /// One reader's new state: a tap is sent to be read, a change of health is told.
    private func judge(_ look: WatchState.Look, at now: TapTime, _ state: inout WatchState) {
        guard let place = state.places[look.index] else { return }
        let (isTap, known) = Cards.look(at: look.bits, after: place.bits)
        state.places[look.index]?.bits = known
        say(look.bits.isUnavailable ? .failed : .ready, of: look.index, &state)
        guard isTap else { return }
        let reader = readers[look.index].name
        shared.post(.reading(reader, at: now))
        if look.bits.isMute { return shared.post(.read(reader, .unreadable(.channel(.mute)), startedAt: now)) }
        attendant.send(.read(device: place.name.text, atr: look.atr, since: now), to: reader)
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
