import CPCSC
import Contracts

/// The thread that carries orders to lamps and buzzers. It has a connection of its own, because the other one is locked while
/// it waits for cards.
struct LampPost: Sendable {
    let shared: Handover

    func run() {
        var refused: Set<ReaderID> = []
        while true {
            let orders = shared.nextOrders()
            if orders.isEmpty { break }
            do throws(PCSCError) {
                let context = try PCSCContext()
                for order in orders { carry(order, context, &refused) }
            } catch {
                // No pcscd: the watch says so, and the orders will be too old by the time it is back.
                continue
            }
        }
        shared.finish()
    }

    private func carry(_ order: Handover.LampOrder, _ context: borrowing PCSCContext, _ refused: inout Set<ReaderID>) {
        while let device = shared.device(of: order.reader), monotonicMilliseconds() < order.expires, !shared.isEnding {
            do throws(PCSCError) {
                try send(order.escape, to: device, context)
                return
            } catch {
                // The watch is reading a card there; that is over soon.
                if error.code == SCARD_E_SHARING_VIOLATION {
                    shared.pause(milliseconds: 10)
                    continue
                }
                guard refused.insert(order.reader).inserted else { return }
                let reason = "the reader \(device) does not take lamp and buzzer orders (\(error)). Its driver may have to allow them."
                shared.post(.signalRefused(order.reader, reason: reason))
                return
            }
        }
    }

    /// SCARD_CTL_CODE(1) is the escape of CCID drivers on pcsc-lite. A direct connection needs no card.
    private func send(_ escape: [UInt8], to device: String, _ context: borrowing PCSCContext) throws(PCSCError) {
        var card = SCARDHANDLE()
        var active = DWORD()
        try check(SCardConnect(context.handle, device, DWORD(SCARD_SHARE_DIRECT), 0, &card, &active))
        defer { SCardDisconnect(card, DWORD(SCARD_LEAVE_CARD)) }
        var answer = [UInt8](repeating: 0, count: 264)
        var length = DWORD()
        try check(SCardControl(card, 0x4200_0001, escape, DWORD(escape.count), &answer, DWORD(answer.count), &length))
    }
}
