/// Where bounces go. Each delivery has an address of its own there, so that a bounce names its delivery whatever it says (variable envelope return paths).
package struct ReturnPath: Sendable, Equatable {
    package let base: MailAddress

    /// - Parameter base: `bounce@town.example`; its mail server has to deliver `bounce+ANYTHING@town.example` there as well (RFC 5233, subaddresses).
    package init(_ base: MailAddress) { self.base = base }

    /// `bounce+KEY@town.example`; nil if that would be too long.
    package func address(key: String) -> MailAddress? { try? MailAddress("\(base.local)+\(key)@\(base.domain)") }

    /// The key in such an address. Servers on the way may have changed its case.
    package func key(in text: String) -> String? {
        let front = "\(base.local)+".lowercased()
        guard let address = try? MailAddress(text), address.domain == base.domain, address.local.lowercased().hasPrefix(front) else {
            return nil
        }
        let key = String(address.local.dropFirst(front.count))
        return Parcel(key: key, .webhook(WebhookCall(receiver: "", body: []))).hasGoodKey ? key : nil
    }
}
