import CPCSC
import Glibc

/// A card on a reader, ours for one transaction.
final class ConnectedCard: CardChannel {
    /// Long enough for the longest answer to a short command, 256 bytes and a status word.
    private static let longestAnswer = 264

    private let card: SCARDHANDLE
    private let protocolInUse: DWORD
    /// Monotonic milliseconds after which no further command is sent: nobody holds a card still for longer.
    private let deadline: Int64

    /// Connects shared, so that another program may watch the same reader, and keeps others out until `disconnect`.
    init(context: borrowing PCSCContext, reader: String, deadline: Int64) throws(PCSCError) {
        var card = SCARDHANDLE()
        var active = DWORD()
        try check(SCardConnect(context.handle, reader, DWORD(SCARD_SHARE_SHARED), DWORD(SCARD_PROTOCOL_ANY), &card, &active))
        let begun = SCardBeginTransaction(card)
        if begun != SCARD_S_SUCCESS { SCardDisconnect(card, DWORD(SCARD_LEAVE_CARD)) }
        try check(begun)
        self.card = card
        self.protocolInUse = active
        self.deadline = deadline
    }

    /// Leaves the card as it is for whoever comes next.
    func disconnect() {
        SCardEndTransaction(card, DWORD(SCARD_LEAVE_CARD))
        SCardDisconnect(card, DWORD(SCARD_LEAVE_CARD))
    }

    func transmit(_ command: Command) throws(CardError) -> Response {
        guard monotonicMilliseconds() < deadline else { throw .tooSlow }
        var header = SCARD_IO_REQUEST(dwProtocol: protocolInUse, cbPciLength: DWORD(MemoryLayout<SCARD_IO_REQUEST>.size))
        let bytes = command.bytes
        var answer = [UInt8](repeating: 0, count: Self.longestAnswer)
        var length = DWORD(answer.count)
        let result = SCardTransmit(card, &header, bytes, DWORD(bytes.count), nil, &answer, &length)
        guard result == SCARD_S_SUCCESS else { throw PCSCError(code: result).cardError }
        // Some drivers report success with nothing in it when the card left during the command.
        guard let response = Response(Array(answer[..<min(answer.count, Int(length))])) else { throw .gone }
        return response
    }
}
