import Contracts

extension Host {
    /// Compares what another process of the town says it writes with what this program can read of it. Lives without that word are of devices, or
    /// older than it.
    ///
    /// - Throws: `Fatal` in the first seconds on the bus: a person who has just started the wrong version is still there. Later it is red instead: a door
    ///   that opens for all other readers does not close because one of them was replaced.
    func compareVersions(_ json: [UInt8], _ topic: Topic, now: Instant) throws {
        guard identity.lists(topic), let life = try? json.decoded(as: Life.self), let writer = Role(rawValue: topic.owner.text),
            let reader = Role(rawValue: identity.address.program.text)
        else { return }
        let other = Address(topic.owner, topic.entity.named())
        let clash = Contract.clash(said: (life.speaks ?? []).compactMap(Spoken.init), read: Contract.read(by: reader, from: writer))
        let sentence = clash.map { said, read in
            """
            \(other) writes \(said), and this \(identity.address.program) \(identity.version) reads \(read): their versions do not match. \
            Replace \(said.version > read.version ? "this program" : other.description) by the newer version.
            """
        }
        if let sentence, now < (connectedFirst ?? now) + .seconds(10) { throw Fatal(sentence) }
        alarm("version of \(other)", sentence.map { Problem(.red, "version", $0) })
    }
}
