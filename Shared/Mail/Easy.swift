import CCurl
import Contracts
import Glibc
import Post

/// One easy handle of curl, set up for one connection or one call.
final class Easy {
    let handle: UnsafeMutableRawPointer
    private var lists: [UnsafeMutablePointer<curl_slist>?] = []

    /// - Parameter protocols: `https`, `smtp,smtps`: no other ones, whatever the URL says.
    init(url: String, protocols: String, settings: PostSettings) {
        guard let made = curl_easy_init() else { preconditionFailure("libcurl is out of memory") }
        handle = made
        set(CURLOPT_URL, url)
        set(CURLOPT_PROTOCOLS_STR, protocols)
        // Not by way of a proxy that an environment variable names.
        set(CURLOPT_PROXY, "")
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_CONNECTTIMEOUT_MS, Int(settings.connectTimeout.milliseconds))
        if let authority = settings.authority { set(CURLOPT_CAINFO, authority) }
    }

    deinit {
        curl_easy_cleanup(handle)
        for list in lists { curl_slist_free_all(list) }
    }

    func set(_ option: CURLoption, _ text: String) { must(curl_set_text(handle, option, text), option) }
    func set(_ option: CURLoption, _ number: Int) { must(curl_set_number(handle, option, number), option) }

    func setHeaders(_ headers: [String]) {
        var list: UnsafeMutablePointer<curl_slist>?
        for header in headers { list = curl_slist_append(list, header) }
        lists.append(list)
        must(curl_set_list(handle, CURLOPT_HTTPHEADER, list), CURLOPT_HTTPHEADER)
    }

    /// Copied by curl.
    func setBody(_ body: [UInt8]) {
        set(CURLOPT_POSTFIELDSIZE, body.count)
        let code = body.withUnsafeBytes { bytes in
            curl_set_pointer(
                handle, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: bytes.baseAddress ?? UnsafeRawPointer(handle)))
        }
        must(code, CURLOPT_COPYPOSTFIELDS)
    }

    func number(_ info: CURLINFO) -> Int {
        var value = 0
        curl_get_number(handle, info, &value)
        return value
    }

    func size(_ info: CURLINFO) -> Int {
        var value: curl_off_t = 0
        curl_get_size(handle, info, &value)
        return Int(value)
    }

    private func must(_ code: CURLcode, _ option: CURLoption) {
        precondition(code == CURLE_OK, "this libcurl refuses option \(option.rawValue); install 7.85 or later")
    }
}

/// curl's own words for a failure; they name no address.
func describe(_ code: CURLcode) -> String {
    switch code {
    case CURLE_USE_SSL_FAILED: "the server offers no TLS, and nothing is sent without"
    case CURLE_LOGIN_DENIED: "the server refused the user or the password"
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE:
        "the server's certificate does not come from an authority that is believed here, or names another server"
    case CURLE_OPERATION_TIMEDOUT: "no answer in time"
    default: String(cString: curl_easy_strerror(code))
    }
}
