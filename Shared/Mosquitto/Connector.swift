import CMosquitto
import Glibc

/// Opens a connection on a thread of its own: resolving a name and reaching a host can take a minute, and a tap must not wait for that.
///
/// The connection belongs to the thread until it has written to the pipe, and to the loop afterwards; they are never at it together.
final class Connector {
    let connection: Connection
    /// Readable once the attempt is over.
    let descriptor: Int32
    private let job: Job

    /// Unchecked because of the pipe: `code` is written before the pipe and read after it.
    private final class Job: @unchecked Sendable {
        let connection: Connection
        let settings: BrokerSettings
        let end: Int32
        var code: Int32 = 0
        /// The thread's errno: it is gone with the thread.
        var errorNumber: Int32 = 0

        init(_ connection: Connection, _ settings: BrokerSettings, end: Int32) {
            self.connection = connection
            self.settings = settings
            self.end = end
        }
    }

    init(_ settings: BrokerSettings) throws(ConnectionError) {
        connection = try Connection(settings)
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw ConnectionError("no more file descriptors: \(String(cString: strerror(errno)))") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        descriptor = ends[0]
        job = Job(connection, settings, end: ends[1])
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                let job = Unmanaged<Job>.fromOpaque(argument).takeRetainedValue()
                job.code = job.connection.open(job.settings)
                job.errorNumber = errno
                close(job.end)
                return nil
            }, Unmanaged.passRetained(job).toOpaque())
        guard code == 0 else {
            close(ends[0])
            close(ends[1])
            Unmanaged.passUnretained(job).release()
            throw ConnectionError("no thread to connect with: \(String(cString: strerror(code)))")
        }
        pthread_detach(thread)
    }

    deinit { close(descriptor) }

    /// The result code of libmosquitto, once there is one; errno is then the attempt's.
    var result: Int32? {
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard Glibc.poll(&poll, 1, 0) > 0 else { return nil }
        errno = job.errorNumber
        return job.code
    }
}
