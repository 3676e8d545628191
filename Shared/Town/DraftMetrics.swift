private enum MetricsKey: String, Setting { case listen }

extension Draft {
    /// Where figures are told: an address in numbers, so that it cannot come to mean another machine, and a port.
    func metrics(_ value: Value) -> String? {
        guard let settings = value.section(MetricsKey.self), let listen = settings.required(.listen, example: "\"127.0.0.1:9464\"") else {
            return nil
        }
        let address = listenAddress(listen)
        guard let address else { return nil }
        if !address.hasPrefix("127."), !address.hasPrefix("[::1]") {
            findings.warn(
                listen.mark,
                "whoever reaches \(address) can read the town's figures: they are not encrypted and ask for no password. 127.0.0.1 is for this machine alone."
            )
        }
        return address
    }

    /// An address in numbers and a port.
    func listenAddress(_ value: Value) -> String? {
        value.parsed("an address and a port, such as \"127.0.0.1:9464\" or \"[::1]:9464\".") { text -> String? in
            guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]), (1...65535).contains(port) else {
                return nil
            }
            let host = text[..<colon]
            let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
            let isIPv4 = numbers.count == 4 && numbers.allSatisfy { $0.utf8.allSatisfy(isDigit) && UInt8($0) != nil }
            let isIPv6 =
                host.hasPrefix("[") && host.hasSuffix("]") && host.contains("::")
                && host.dropFirst().dropLast().allSatisfy { $0.isHexDigit || $0 == ":" }
            return isIPv4 || isIPv6 ? text : nil
        }
    }
}
