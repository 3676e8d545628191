import Contracts

/// What was said of somebody at one moment, by a tap or by staff.
struct Note: Equatable {
    let id: EventID
    /// The registry that wrote it.
    let source: String
    let at: Instant
    let step: StayNoted.Step
    let shelter: ShelterID
    let kind: StayKind?

    /// Notes are ordered by when it was, never by when they became known.
    static func isEarlier(_ a: Note, _ b: Note) -> Bool {
        (a.at.milliseconds, a.source, a.id) < (b.at.milliseconds, b.source, b.id)
    }
}

/// Somebody's time at one shelter.
struct Stay: Equatable {
    enum End: String { case left, moved }

    let shelter: ShelterID
    /// The note that began it.
    let note: EventID
    let starts: Instant
    var kind: StayKind
    var isAway = false
    /// Since when it is as it is.
    var since: Instant
    var ends: Instant?
    var end: End?
}

extension Stay {
    /// The stays that follow from all notes about one person: one after the other, the last one open or not.
    ///
    /// Nothing toggles: who is here and comes again is here. Coming to another shelter ends the stay before. Whoever goes out of a shelter they are
    /// not at, or leaves it, changes nothing: they have been seen elsewhere since.
    /// - Parameter notes: those that stand, in any order.
    static func all(following notes: [Note]) -> [Stay] {
        var ended: [Stay] = []
        var open: Stay?
        for note in notes.sorted(by: Note.isEarlier) {
            let here = open?.shelter == note.shelter ? open : nil
            switch note.step {
            case .in:
                if let before = open, here == nil { ended.append(before.ended(.moved, at: note.at)) }
                open = here?.seen(note) ?? Stay(begunBy: note)
            case .away:
                if let here, !here.isAway { open = here.out(at: note.at) }
            case .out:
                guard let here else { continue }
                ended.append(here.ended(.left, at: note.at))
                open = nil
            }
        }
        return ended + [open].compactMap(\.self)
    }

    private init(begunBy note: Note) {
        self.init(shelter: note.shelter, note: note.id, starts: note.at, kind: note.kind ?? .night, since: note.at)
    }

    /// Here, perhaps again, perhaps in another way.
    private func seen(_ note: Note) -> Stay {
        var stay = self
        stay.kind = note.kind ?? kind
        stay.isAway = false
        if stay != self { stay.since = note.at }
        return stay
    }

    private func out(at moment: Instant) -> Stay {
        var stay = self
        (stay.isAway, stay.since) = (true, moment)
        return stay
    }

    private func ended(_ end: End, at moment: Instant) -> Stay {
        var stay = self
        (stay.end, stay.ends, stay.since) = (end, moment, moment)
        return stay
    }
}
