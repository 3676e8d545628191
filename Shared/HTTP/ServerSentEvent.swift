/// One event of a stream (`text/event-stream`, WHATWG HTML 9.2.5 and 9.2.6).
package struct ServerSentEvent {
    /// - Parameters:
    ///   - event: what listeners in the page wait for, one line.
    ///   - id: what the browser gives back as `Last-Event-ID` when it returns; one line without NUL. `nil` leaves the last one standing.
    ///   - data: may have several lines, whatever ends them; the page gets them with a line feed between.
    package static func bytes(event: String, id: String? = nil, data: String) -> [UInt8] {
        precondition(!event.isEmpty && isOneLine(event), "an event's name is one line")
        precondition(id.map(isOneLine) ?? true, "an event's id is one line")
        let lines = data.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r" || $0 == "\r\n" }
        let text = "event: \(event)\n\(id.map { "id: \($0)\n" } ?? "")" + lines.map { "data: \($0)\n" }.joined() + "\n"
        return Array(text.utf8)
    }

    private static func isOneLine(_ text: String) -> Bool { text.utf8.allSatisfy { $0 != 0 && $0 != 0x0a && $0 != 0x0d } }
}
