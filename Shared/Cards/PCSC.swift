import CPCSC
import Contracts
import Glibc

/// One connection to pcscd; for one thread, which also ends it. SCardCancel alone may come from elsewhere.
struct PCSCContext: ~Copyable {
    let handle: SCARDCONTEXT

    init() throws(PCSCError) {
        var handle = SCARDCONTEXT()
        try check(SCardEstablishContext(DWORD(SCARD_SCOPE_SYSTEM), nil, nil, &handle))
        self.handle = handle
    }

    deinit { SCardReleaseContext(handle) }

    /// The names of all readers, in pcscd's order.
    func readerNames() throws(PCSCError) -> [String] {
        // The list may grow between the two calls; 16 readers of 128 bytes are the most there can be.
        var length = DWORD(16 * 129 + 1)
        var names = [CChar](repeating: 0, count: Int(length))
        let result = SCardListReaders(handle, nil, &names, &length)
        if result == SCARD_E_NO_READERS_AVAILABLE { return [] }
        try check(result)
        return names[..<Int(length)].split(separator: 0).map { String(decoding: $0.map(UInt8.init(bitPattern:)), as: UTF8.self) }
    }
}

/// A PC/SC result other than success.
struct PCSCError: Error, Equatable, CustomStringConvertible {
    let code: LONG

    var description: String { String(cString: pcsc_stringify_error(code)) }

    /// What it means for a card being read.
    var cardError: CardError {
        switch code {
        case SCARD_W_REMOVED_CARD, SCARD_E_NO_SMARTCARD, SCARD_E_NOT_TRANSACTED: .gone
        case SCARD_W_RESET_CARD: .reset
        case SCARD_W_UNRESPONSIVE_CARD, SCARD_W_UNPOWERED_CARD: .mute
        case SCARD_E_SHARING_VIOLATION: .busy
        default: .failed(code: UInt(bitPattern: code) & 0xFFFF_FFFF)
        }
    }
}

func check(_ result: LONG) throws(PCSCError) {
    guard result == SCARD_S_SUCCESS else { throw PCSCError(code: result) }
}

extension ReaderBits {
    init(_ word: DWORD) {
        func has(_ bit: Int32) -> Bool { word & DWORD(bit) != 0 }
        isPresent = has(SCARD_STATE_PRESENT)
        isMute = has(SCARD_STATE_MUTE)
        isUnavailable = has(SCARD_STATE_UNAVAILABLE) || has(SCARD_STATE_UNKNOWN)
        counter = word >> 16 & 0xFFFF
    }
}

extension TapTime {
    static func now() -> TapTime {
        TapTime(realtime: Instant(milliseconds: milliseconds(of: CLOCK_REALTIME)), monotonic: monotonicMilliseconds())
    }
}

func monotonicMilliseconds() -> Int64 { milliseconds(of: CLOCK_MONOTONIC) }

private func milliseconds(of clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
}
