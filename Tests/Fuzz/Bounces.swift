import Post

extension FuzzTarget {
    /// A mail at a return path: a report on one of our letters, whose key and status are what they claim to be, or none.
    static let bounces = FuzzTarget(name: "bounce") { bytes in
        let path = ReturnPath(try MailAddress("bounce@town.example"))
        guard let bounce = Bounce(bytes, to: path) else { return false }
        try must(path.address(key: bounce.key) != nil, "a key that fits no return path: \(bytes.shown)")
        let numbers = bounce.status.split(separator: ".", omittingEmptySubsequences: false)
        try must(numbers.count == 3 && numbers.allSatisfy { Int($0) != nil }, "the status \(bounce.status): \(bytes.shown)")
        try must(!bounce.isPermanent || numbers[0] == "5", "given up with \(bounce.status): \(bytes.shown)")
        return true
    }
}
