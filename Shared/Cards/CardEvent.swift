import Contracts

/// When something happened at a reader: by the wall clock, and by the clock that only runs since boot and never jumps.
package struct TapTime: Hashable, Sendable {
    package let realtime: Instant
    /// Milliseconds of CLOCK_MONOTONIC.
    package let monotonic: Int64

    package init(realtime: Instant, monotonic: Int64) {
        self.realtime = realtime
        self.monotonic = monotonic
    }
}

/// What the readers have to say.
package enum CardEvent: Hashable, Sendable {
    /// A card was laid down and is being read; the person may be told to keep it there.
    case reading(ReaderID, at: TapTime)
    /// What came of it. `startedAt` is the time of the tap.
    case read(ReaderID, Reading, startedAt: TapTime)
    case readerState(ReaderID, ReaderState)
    case service(ServiceState)
    /// Lamp and buzzer of this reader do not obey; said once a reader. The reason is a sentence.
    case signalRefused(ReaderID, reason: String)

    package enum ReaderState: Hashable, Sendable {
        /// Cards laid down from now on are seen.
        case ready
        /// PC/SC lists no such reader: unplugged, or pcscd is away.
        case missing
        /// PC/SC lists it but cannot use it.
        case failed
    }

    /// The connection to pcscd.
    package enum ServiceState: Hashable, Sendable {
        case up
        case down(reason: String)
    }
}

/// A reader of the configuration.
package struct ConfiguredReader: Hashable, Sendable {
    package let name: ReaderID
    /// How its PC/SC name begins, such as `ACS ACR1252`. Readers with the same beginning are taken in PC/SC's order.
    package let device: String

    package init(name: ReaderID, device: String) {
        self.name = name
        self.device = device
    }
}
