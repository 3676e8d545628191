import Glibc
import Threads

/// What kept the virtual reader from working. The description is a sentence for a person.
package struct VirtualReaderError: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }

    /// A system call that failed; errno says why.
    init(cannot what: String) { self.init("cannot \(what): \(String(cString: strerror(errno))).") }

    /// A thread or a bell there was none of.
    static func wrap<Value>(_ body: () throws(ThreadError) -> Value) throws(VirtualReaderError) -> Value {
        do { return try body() } catch { throw VirtualReaderError(error.description) }
    }
}
