import CPCSC
import Contracts
import Glibc
import Seal
import Threads

/// Does what is to be done at a reader, on a thread and a connection to pcscd that are there for this reader alone and end with the errands: a card that
/// keeps its reader waiting keeps no other.
struct Attendant: Sendable {
    /// Times in milliseconds.
    private enum Limit {
        /// For one card, from the moment it was noticed.
        static let reading: Int64 = 2500
        /// For another program to let go of the card.
        static let sharing: Int64 = 500
    }

    let shared: Handover
    let applications: [CardApplication]
    let felica: Bool

    /// Has it done; never waits.
    func send(_ errand: Errand, to reader: ReaderID) {
        guard shared.add(errand, at: reader) else { return }
        do throws(ThreadError) { pthread_detach(try startThread { work(at: reader) }) } catch {
            giveUp(at: reader, .failed(code: UInt(EAGAIN)))
        }
    }

    private func work(at reader: ReaderID) {
        do throws(PCSCError) {
            let context = try PCSCContext()
            while let errand = shared.nextErrand(at: reader) {
                switch errand {
                case .read(let device, let atr, let since):
                    shared.post(.read(reader, read(device, atr, context, since: since), startedAt: since))
                case .signal(let escape, let expires): carry(escape, to: reader, until: expires, context)
                }
            }
        } catch { giveUp(at: reader, error.cardError) }
    }

    /// A card that nobody can read must be held again; a lamp nobody can light stays dark.
    private func giveUp(at reader: ReaderID, _ error: CardError) {
        while let errand = shared.nextErrand(at: reader) {
            if case .read(_, _, let since) = errand { shared.post(.read(reader, .unreadable(.channel(error)), startedAt: since)) }
        }
    }

    /// Reads the card, again from the start when another program was in the way.
    private func read(_ device: String, _ atr: [UInt8], _ context: borrowing PCSCContext, since tap: TapTime) -> Reading {
        while true {
            let reading = attempt(device, atr, context, since: tap)
            let waited = monotonicMilliseconds() - tap.monotonic
            switch reading {
            case .unreadable(.channel(.busy)) where waited < Limit.sharing: shared.pause(milliseconds: 20)
            case .unreadable(.channel(.reset)) where waited < Limit.reading: shared.pause(milliseconds: 5)
            default: return reading
            }
            if shared.isEnding { return reading }
        }
    }

    private func attempt(_ device: String, _ atr: [UInt8], _ context: borrowing PCSCContext, since tap: TapTime) -> Reading {
        guard let random = try? randomBytes(Challenge.length), let challenge = Challenge(random) else {
            preconditionFailure("this machine gives no random bytes")
        }
        do throws(PCSCError) {
            let card = try ConnectedCard(context: context, reader: device, deadline: tap.monotonic + Limit.reading)
            defer { card.disconnect() }
            return Cards.read(
                card: card, atr: atr, applications: applications, felica: felica, challenge: challenge, at: tap.realtime)
        } catch {
            return .unreadable(.channel(error.cardError))
        }
    }

    private func carry(_ escape: [UInt8], to reader: ReaderID, until expires: Int64, _ context: borrowing PCSCContext) {
        while let device = shared.device(of: reader), monotonicMilliseconds() < expires, !shared.isEnding {
            do throws(PCSCError) {
                try light(escape, device, context)
                return
            } catch {
                // Another program is at the card.
                if error.code == SCARD_E_SHARING_VIOLATION {
                    shared.pause(milliseconds: 10)
                    continue
                }
                guard shared.noteRefusal(of: reader) else { return }
                let reason = "the reader \(device) does not take lamp and buzzer orders (\(error)). Its driver may have to allow them."
                shared.post(.signalRefused(reader, reason: reason))
                return
            }
        }
    }

    /// SCARD_CTL_CODE(1) is the escape of CCID drivers on pcsc-lite. A direct connection needs no card.
    private func light(_ escape: [UInt8], _ device: String, _ context: borrowing PCSCContext) throws(PCSCError) {
        var card = SCARDHANDLE()
        var active = DWORD()
        try check(SCardConnect(context.handle, device, DWORD(SCARD_SHARE_DIRECT), 0, &card, &active))
        defer { SCardDisconnect(card, DWORD(SCARD_LEAVE_CARD)) }
        var answer = [UInt8](repeating: 0, count: 264)
        var length = DWORD()
        try check(SCardControl(card, 0x4200_0001, escape, DWORD(escape.count), &answer, DWORD(answer.count), &length))
    }
}
