/// Which PC/SC reader each configured reader is now, by index of the configuration.
///
/// A reader keeps its PC/SC reader as long as that is listed: when one of two equal readers is unplugged, the other must not
/// become the first one's gate. Longer names choose first, so that `ACS` leaves `ACS ACR1252` to the reader that asks for it.
func assignment(of listed: [String], to readers: [ConfiguredReader], keeping held: [String?]) -> [String?] {
    var assigned = zip(readers, held).map { _, name in name.flatMap { listed.contains($0) ? $0 : nil } }
    let order = readers.indices.sorted { (readers[$1].device.utf8.count, $0) < (readers[$0].device.utf8.count, $1) }
    for index in order where assigned[index] == nil {
        assigned[index] = listed.first { $0.hasPrefix(readers[index].device) && !assigned.contains($0) }
    }
    return assigned
}

/// The bits of a PC/SC reader state that matter here (PC/SC part 5; winscard's SCARD_STATE_*).
struct ReaderBits: Equatable {
    var isPresent = false
    var isMute = false
    var isUnavailable = false
    /// Insertions and removals so far; wraps at 65535.
    var counter: UInt = 0
}

/// Whether a card was laid down between two looks, and what to compare the next look with. A card that lies there at the first
/// look (`before` nil) was laid down before anyone looked: a forgotten card must open no door when the machine or pcscd starts.
/// A change of sharing is no tap.
///
/// A swap between two looks shows in the counter alone, which it moves by two. A move by one is pcscd caught between noting a
/// card and counting it. It may be the card already read, or half of a swap, so it is not yet counted either way.
func look(at now: ReaderBits, after before: ReaderBits?) -> (isTap: Bool, known: ReaderBits) {
    guard let before else { return (false, now) }
    guard before.isPresent, now.isPresent else { return (now.isPresent, now) }
    guard (now.counter &- before.counter) & 0xFFFF < 2 else { return (true, now) }
    var known = now
    known.counter = before.counter
    return (false, known)
}
