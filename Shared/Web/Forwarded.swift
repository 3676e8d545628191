import HTTP

/// Who asks: the peer itself, or whoever a proxy on this machine says it passes on. A proxy adds to the end, so all before its last entry is the client's own word.
/// - Parameter forwarded: the last header `X-Forwarded-For`.
func client(peer: String, forwarded: String?) -> String {
    guard peer == "::1" || peer.hasPrefix("127."), let last = forwarded?.utf8.split(separator: UInt8(ascii: ",")).last else { return peer }
    let address = trimmed(last)
    return ListenAddress.isNumeric(address) ? address : peer
}
