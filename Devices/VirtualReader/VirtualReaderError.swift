import Glibc

/// What kept the virtual reader from working. The description is a sentence for a person.
package struct VirtualReaderError: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }

    /// A system call that failed; errno says why.
    init(cannot what: String) { self.init("cannot \(what): \(String(cString: strerror(errno))).") }
}
