import CCurl
import Contracts
import Glibc
import Post
import Seal

/// Hands parcels to those who carry them, many at once, and says what came of each. It never waits: `drain` does what can be done and returns.
///
/// Every parcel gets exactly one receipt, be it that time ran out.
package final class PostOffice {
    private let settings: PostSettings
    private let multi: Multi
    private var mail: MailRoom?
    private var waiting: Lanes
    private var transfers: [UnsafeMutableRawPointer: HTTPTransfer] = [:]
    private var receipts: [Receipt] = []

    package init(_ settings: PostSettings) throws {
        self.settings = settings
        if let file = settings.authority, access(file, R_OK) != 0 {
            throw PostError("\(file), which holds the authorities to believe, cannot be read: \(String(cString: strerror(errno))).")
        }
        multi = try Multi()
        waiting = Lanes(most: max(1, settings.connections / 4))
        mail = settings.mail.map { MailRoom($0, settings, multi) }
    }

    deinit { for transfer in transfers.values { multi.remove(transfer.easy.handle) } }

    /// For the poll loop: readable when `drain` has something to do.
    package var descriptor: Int32 { multi.descriptor }

    /// How many parcels more are taken, whatever they are.
    package var room: Int { min(roomForMail, roomForCalls) }

    /// How many letters more are taken: a mail server that is slow fills this, and no other carrier waits for it.
    package var roomForMail: Int { max(0, settings.room - (mail?.inHand ?? 0) - receipts.count) }

    /// How many parcels more are taken that are no letters.
    package var roomForCalls: Int { max(0, settings.room - waiting.count - transfers.count - receipts.count) }

    /// How many have been handed over and have no receipt yet.
    package var inHand: Int { waiting.count + transfers.count + (mail?.inHand ?? 0) + receipts.count }

    /// Takes a parcel; its receipt comes out of `drain`, perhaps at the next call. Without room it is deferred.
    package func hand(_ parcel: Parcel) {
        guard parcel.hasGoodKey else { return give(parcel.key, .refused, "the delivery's key cannot stand in a header") }
        if case .mail(let letter) = parcel.carrier {
            guard let mail else { return give(parcel.key, .refused, "no mail server is set up") }
            guard roomForMail > 0 else { return give(parcel.key, .deferred(retryAfter: nil), "the post office is full") }
            mail.take(parcel.key, letter)
        } else {
            guard roomForCalls > 0 else { return give(parcel.key, .deferred(retryAfter: nil), "the post office is full") }
            waiting.append(parcel)
        }
        go()
    }

    /// Does what can be done, and gives the receipts that have come since the last call. Never waits.
    package func drain() -> [Receipt] {
        let done = multi.turn { socket in mail?.happened(on: socket) ?? false }
        for (easy, result) in done where mail?.opened(easy, result) != true {
            guard let transfer = transfers.removeValue(forKey: easy) else { continue }
            receipts.append(transfer.receipt(result))
            waiting.ended(transfer.parcel)
            multi.remove(easy)
        }
        go()
        defer { receipts = [] }
        return receipts
    }

    /// Starts what there is room for on the wire.
    private func go() {
        mail?.go()
        receipts += mail?.collect() ?? []
        while transfers.count < settings.connections - (mail?.connections ?? 0), let parcel = waiting.popFirst() {
            switch transfer(for: parcel) {
            case .success(let transfer):
                transfers[transfer.easy.handle] = transfer
                multi.add(transfer.easy.handle)
            case .failure(let error):
                waiting.ended(parcel)
                give(parcel.key, .refused, error.description)
            }
        }
        // With a receipt in hand, the loop shall come at once.
        multi.arm(receipts.isEmpty ? mail?.due : monotonic())
    }

    private func transfer(for parcel: Parcel) -> Result<HTTPTransfer, PostError> {
        let now = wallClock()
        switch parcel.carrier {
        case .line(let push):
            guard let account = settings.line else { return .failure(PostError("no LINE account is set up")) }
            return .success(
                HTTPTransfer(parcel, push.call(key: parcel.key, account: account), guarded: false, settings, judge: LinePush.receipt))
        case .lineLogin(let login):
            guard let channel = settings.lineLogin else { return .failure(PostError("no LINE Login channel is set up")) }
            return .success(
                HTTPTransfer(parcel, login.call(to: channel), guarded: false, settings) {
                    login.receipt($0, $1, of: channel, at: wallClock())
                })
        case .push(let message):
            guard let sender = settings.push else { return .failure(PostError("no key for push services is set up")) }
            do {
                let call = try message.call(from: sender, at: now)
                guard settings.pushesAnywhere || message.subscription.isAtUsualPort else {
                    return .failure(PostError("the push service is at an unusual port"))
                }
                return .success(
                    HTTPTransfer(parcel, call, guarded: !settings.pushesAnywhere, settings, judge: WebPushMessage.receipt))
            } catch { return .failure(PostError(error.description)) }
        case .webhook(let call):
            guard let receiver = settings.webhooks[call.receiver] else { return .failure(PostError("no such receiver is set up")) }
            return .success(
                HTTPTransfer(
                    parcel, call.call(key: parcel.key, to: receiver, at: now), guarded: false, settings, judge: WebhookCall.receipt))
        case .mail: preconditionFailure("letters go to the mail room")
        }
    }

    private func give(_ key: String, _ outcome: Outcome, _ detail: String) {
        receipts.append(Receipt(key: key, outcome, detail: detail))
        multi.arm(monotonic())
    }
}

private func wallClock() -> Instant {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Instant(milliseconds: Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000)
}
