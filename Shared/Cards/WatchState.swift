import CPCSC
import Glibc

/// What the watching thread remembers of each reader, and the wait itself.
struct WatchState {
    /// A configured reader that is plugged in.
    struct Place {
        let name: CText
        /// What the next look is compared with; nil before the first.
        var bits: ReaderBits?
        /// What PC/SC said at the last look, to be handed back at the next.
        var word: DWORD = 0
    }

    /// A reader whose state changed.
    struct Look {
        let index: Int
        let bits: ReaderBits
        let atr: [UInt8]
    }

    enum Outcome {
        case looked([Look], readersChanged: Bool)
        /// A reader is no longer listed; PC/SC then says nothing about the others.
        case unknownReader
        /// The time is over, or the wait was cancelled.
        case nothing
    }

    /// By index of the configuration; nil while the reader is missing.
    var places: [Place?]
    var told: [CardEvent.ReaderState?]
    var isUp: Bool?
    /// PC/SC's name for "any reader was plugged in or out".
    private let plugName = CText(#"\\?PnP?\Notification"#)
    private var plugWord: DWORD = 0

    init(count: Int) {
        places = Array(repeating: nil, count: count)
        told = Array(repeating: nil, count: count)
    }

    /// Sleeps until a reader's state differs from what we know, in one call for all of them.
    mutating func wait(_ context: borrowing PCSCContext, milliseconds: Int64) throws(PCSCError) -> Outcome {
        let watched = places.indices.filter { places[$0] != nil }
        var states = watched.compactMap { places[$0] }.map { SCARD_READERSTATE(name: $0.name, word: $0.word) }
        states.append(SCARD_READERSTATE(name: plugName, word: plugWord))
        let result = SCardGetStatusChange(context.handle, DWORD(milliseconds), &states, DWORD(states.count))
        switch result {
        case SCARD_E_TIMEOUT, SCARD_E_CANCELLED: return .nothing
        case SCARD_E_UNKNOWN_READER: return .unknownReader
        default: try check(result)
        }
        let changed = DWORD(SCARD_STATE_CHANGED)
        var looks: [Look] = []
        for (index, state) in zip(watched, states) where state.dwEventState & changed != 0 {
            places[index]?.word = state.dwEventState & ~changed
            looks.append(Look(index: index, bits: ReaderBits(state.dwEventState), atr: state.answerToReset))
        }
        let plug = states[states.count - 1].dwEventState
        plugWord = plug & ~changed
        return .looked(looks, readersChanged: plug & changed != 0)
    }
}

/// A C string that lives as long as someone refers to it. Never changed, so any thread may hold it.
final class CText: @unchecked Sendable {
    let text: String
    let pointer: UnsafeMutablePointer<CChar>

    init(_ text: String) {
        self.text = text
        pointer = strdup(text)
    }

    deinit { free(pointer) }
}

extension SCARD_READERSTATE {
    /// `name` must outlive the call this is for.
    fileprivate init(name: CText, word: DWORD) {
        self.init()
        szReader = UnsafePointer(name.pointer)
        dwCurrentState = word
    }

    fileprivate var answerToReset: [UInt8] { withUnsafeBytes(of: rgbAtr) { Array($0.prefix(Int(cbAtr))) } }
}
