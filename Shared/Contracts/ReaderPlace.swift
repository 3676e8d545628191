/// A reader of an agent, as people write it: `gate-1/reader-1`.
package struct ReaderPlace: Hashable, Sendable, CustomStringConvertible {
    package let agent: AgentID
    package let reader: ReaderID

    package init(agent: AgentID, reader: ReaderID) {
        self.agent = agent
        self.reader = reader
    }

    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let agent = AgentID(parts[0]), let reader = ReaderID(parts[1]) else { return nil }
        self.init(agent: agent, reader: reader)
    }

    package var description: String { "\(agent)/\(reader)" }
}
