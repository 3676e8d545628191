/// What nobody may use up, whoever he is.
package struct WebLimits: Sendable {
    /// Connections at once: above it whoever has been longest without a whole request gives way, and where nobody dawdles a newcomer is answered with 503.
    /// And of one address (0: as many as there are; for what stands behind a proxy, which is one address).
    package var connections: UInt32 = 32
    package var connectionsOfOne: UInt32 = 8
    /// A connection on which nothing has moved for so long is closed.
    package var seconds: UInt32 = 10
    /// A request that is not whole after so long is cut off, however busily it drips; on a connection that is kept, `seconds` come on top.
    package var requestSeconds: Int64 = 15
    /// A response that is not fetched after so long is cut off. A stream of events has no such end.
    package var responseSeconds: Int64 = 120
    /// For the head of a request, and for what of a response waits in the library. A longer head is answered with 431 or 414. A connection
    /// that has been used
    /// keeps all of it, so this is what a viewer costs.
    package var bytes = 16 * 1024
    /// Of a request's body. A longer one is answered with 413.
    package var body = 64 * 1024
    /// Of events that wait for one listener, beside those he was given first. With more he is closed: he comes back by himself.
    package var backlog = 64 * 1024
    /// A stream on which nothing was said for so long gets a comment, so that proxies keep it and the dead are found.
    package var heartbeatSeconds: Int64 = 15

    package init() {}
}
