import CCurl
import Contracts
import Glibc
import Post

/// One call under way.
final class HTTPTransfer {
    /// Of an answer this much is kept, and after so much of it the connection is given up, in bytes.
    private static let kept = 4096
    private static let mostBytes = 256 * 1024

    let parcel: Parcel
    let easy: Easy
    private let judge: (String, HTTPAnswer) -> Receipt
    private let length: Int
    private var body: [UInt8] = []
    private var received = 0
    /// Whether only the open internet may be reached.
    private let isGuarded: Bool
    private var wasGuarded = false

    /// - Parameters:
    ///   - guarded: for addresses that a stranger gave.
    ///   - judge: what an answer means.
    init(
        _ parcel: Parcel, _ call: HTTPCall, guarded: Bool, _ settings: PostSettings, judge: @escaping (String, HTTPAnswer) -> Receipt
    ) {
        self.parcel = parcel
        self.judge = judge
        isGuarded = guarded
        length = call.body.count
        easy = Easy(url: call.url, protocols: call.url.hasPrefix("http://") ? "http" : "https", settings: settings)
        easy.set(CURLOPT_POST, 1)
        easy.setBody(call.body)
        // Nobody here waits for "100 Continue", which some servers never send.
        easy.setHeaders(call.headers + ["Expect:", "User-Agent: kazasu"])
        easy.set(CURLOPT_FOLLOWLOCATION, 0)
        easy.set(CURLOPT_TIMEOUT_MS, Int(settings.callTimeout.milliseconds))
        let me = Unmanaged.passUnretained(self).toOpaque()
        curl_set_pointer(easy.handle, CURLOPT_WRITEDATA, me)
        curl_set_receiver(easy.handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            HTTPTransfer.from(context)?.receive(UnsafeRawBufferPointer(start: bytes, count: size * count)) == true ? size * count : 0
        }
        curl_set_pointer(easy.handle, CURLOPT_OPENSOCKETDATA, me)
        curl_set_opener(easy.handle) { context, _, address in
            guard let address, HTTPTransfer.from(context)?.mayReach(address) == true else { return -1 }
            let target = address.pointee
            return socket(target.family, target.socktype | Int32(SOCK_CLOEXEC.rawValue), target.protocol)
        }
    }

    /// What came of it.
    func receipt(_ result: CURLcode) -> Receipt {
        let key = parcel.key
        let status = easy.number(CURLINFO_RESPONSE_CODE)
        // Once the status is there, the rest of the answer changes nothing.
        if status >= 200 {
            let seconds = easy.size(CURLINFO_RETRY_AFTER)
            let retryAfter: Duration? = seconds > 0 ? .seconds(min(seconds, 86_400)) : nil
            return judge(key, HTTPAnswer(status: status, retryAfter: retryAfter, body: body))
        }
        if wasGuarded { return Receipt(key: key, .refused, detail: "the address is none of the open internet") }
        if result == CURLE_URL_MALFORMAT || result == CURLE_UNSUPPORTED_PROTOCOL {
            return Receipt(key: key, .refused, detail: "HTTP: the address cannot be used")
        }
        let isSent = length > 0 && easy.size(CURLINFO_SIZE_UPLOAD_T) >= length
        return Receipt(key: key, isSent ? .unknown : .deferred(retryAfter: nil), detail: "HTTP: \(describe(result))")
    }

    private func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        received += bytes.count
        body += bytes.prefix(max(0, Self.kept - body.count))
        return received <= Self.mostBytes
    }

    private func mayReach(_ address: UnsafeMutablePointer<curl_sockaddr>) -> Bool {
        guard isGuarded else { return true }
        let isPublic = withUnsafePointer(to: &address.pointee.addr) { Mail.isPublic($0) }
        if !isPublic { wasGuarded = true }
        return isPublic
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> HTTPTransfer? {
        context.map { Unmanaged<HTTPTransfer>.fromOpaque($0).takeUnretainedValue() }
    }
}
