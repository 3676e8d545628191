import Bus
import Contracts
import Journal
import Seal
import Store

extension Host {
    /// Applies one message inside the turn. What cannot be accepted becomes a dead letter; only trouble of the machine is thrown.
    func receive(_ message: Message, in turn: borrowing Turn, carefully: Bool) throws {
        switch routes.route(message.topic) {
        case .reading(let reading, let stream):
            let topic = stream.topic
            turn.work.topic = topic
            switch reading.route {
            case .event(let decode):
                guard !message.isRetained else { return try bury(message, "an event must not be retained", in: turn) }
                try apply(message.payload, on: stream, reading, decode, live: !isStalled, in: turn, carefully: carefully)
            case .question(let isCommand, let decode):
                guard !message.isRetained else { return try bury(message, "a question must not be retained", in: turn) }
                try reply(
                    to: message, on: topic, isCommand: isCommand, decode, for: reading, in: turn, carefully: carefully)
            case .word(let take):
                if topic.kind == .health { try compareVersions(message.payload, topic, now: turn.now) }
                turn.work.isLive = !message.isRetained && !isStalled
                // A word that cannot be read is followed by another one soon; nothing is kept of it.
                do { try take(message.payload, topic, turn) } catch let error as StoreError { throw error } catch { counts.unreadable += 1 }
            }
        case .heads(let topic): try learnHeads(message, topic, in: turn)
        case .ask(let consumer, let topic): try answerAsk(message, consumer, topic, in: turn)
        case .batch(let topic): try applyBatch(message, topic, in: turn, carefully: carefully)
        case .none: counts.foreign += 1
        case .own: break
        }
    }

    // MARK: Events

    private func apply(
        _ json: [UInt8], on stream: Routes.Stream, _ reading: Reading, _ decode: ([UInt8]) throws -> DecodedEvent, live: Bool,
        askedAs epoch: Epoch? = nil, in turn: borrowing Turn, carefully: Bool
    ) throws {
        let text = stream.text
        guard stream.isListed else { return counts.foreign += 1 }
        guard json.count <= 32 * 1024 else { return try bury(Message(topic: text, payload: json), "larger than 32 KiB", in: turn) }
        let event: DecodedEvent
        do { event = try decode(json) } catch {
            // Its number is handled, so that it is not asked for again; its id does not count as applied.
            if let header = try? EnvelopeHeader(json: json), let position = header.position {
                _ = turn.work.inbox.handle(position, askedAs: epoch ?? position.epoch, on: text)
                if let key = header.subject { try spoil(key, at: position, on: stream, reading, in: turn) }
            }
            return try bury(Message(topic: text, payload: json), describe(error), in: turn)
        }
        guard let position = event.position else { return try bury(Message(topic: text, payload: json), "no epoch and sequence", in: turn) }
        turn.work.topic = stream.topic
        turn.work.isLive = live && turn.work.inbox.isAtHead(text, position)
        let isNewNumber = turn.work.inbox.handle(position, askedAs: epoch ?? position.epoch, on: text)
        guard event.source == stream.source else {
            let source = vault == nil ? "source \(event.source.prefix(80))" : "its source"
            return try bury(Message(topic: text, payload: json), "\(source) is not the owner of the topic", in: turn)
        }
        do {
            if carefully {
                try turn.attempt { try sight(event, json, reading, at: position, isNewNumber: isNewNumber, in: turn) }
            } else {
                try sight(event, json, reading, at: position, isNewNumber: isNewNumber, in: turn)
            }
        } catch let error where isPoison(error) {
            guard carefully else { throw Poisoned() }
            if let key = event.subject { try spoil(key, at: position, on: stream, reading, in: turn) }
            try bury(Message(topic: text, payload: json), describe(error), in: turn)
        }
    }

    /// The newest event of a key could not be taken, so nothing is known of the key.
    private func spoil(
        _ key: String, at position: StreamPosition, on stream: Routes.Stream, _ reading: Reading, in turn: borrowing Turn
    ) throws {
        guard let drop = reading.drop, try Keyed.spoil(key, at: position, on: stream.text, in: turn.db) else { return }
        turn.work.topic = stream.topic
        try drop(key, turn)
    }

    private func sight(
        _ event: DecodedEvent, _ json: [UInt8], _ reading: Reading, at position: StreamPosition, isNewNumber: Bool, in turn: borrowing Turn
    ) throws {
        if reading.drop != nil {
            // Its place tells all: an id seen before may be the newest again after a lost tail was forgotten.
            guard let key = event.subject else { throw Unkeyed() }
            guard try Keyed.note(key, at: position, on: turn.topic.description, in: turn.db) else { return counts.repeats += 1 }
            counts.applied += 1
            return try event.apply(turn)
        }
        switch try Seen.note(event.id, digest: contentDigest(json), in: turn.db) {
        case .new where !isNewNumber && event.id.time < turn.now - Retention.seen:
            // Older than the memory of ids: a machine that had started without the time. Its number tells that it was applied.
            counts.repeats += 1
        case .new:
            if !isNewNumber, try !isExpected(json, at: position, on: turn.topic.description, in: turn.db) {
                conflict(
                    "two different events of \(turn.topic) carry the number \(event.position?.number ?? 0). Two programs use one name, or one was copied."
                )
            }
            counts.applied += 1
            try event.apply(turn)
        case .repeat: counts.repeats += 1
        case .contradiction where try LostRange.hasOrphans(turn.topic.description, in: turn.db):
            // Its producer was put back, and what it has said before was commanded again: it says so of another moment. What was applied here stands.
            counts.repeats += 1
        case .contradiction:
            conflict("\(turn.topic) says something else under the id \(event.id) than before. The first saying stands.")
            try bury(Message(topic: turn.topic.description, payload: json), "its id was used before with other content", in: turn)
        }
    }

    /// A letter that could not be accepted has used its number up; when it comes again it is the same event. So is one that comes after it was given up.
    private func isExpected(_ json: [UInt8], at position: StreamPosition, on topic: String, in db: borrowing Transaction) throws -> Bool {
        try DeadLetter.holds(json, topic: topic, in: db) || LostRange.holds(position, on: topic, in: db)
    }

    private func conflict(_ sentence: String) { alarm("conflict", Problem(.red, "conflict", sentence)) }

    func isPoison(_ error: any Error) -> Bool {
        if error is Poisoned { return false }
        guard let error = error as? StoreError else { return true }
        return error.isConstraint
    }

    func bury(_ message: Message, _ reason: String, in turn: borrowing Turn) throws {
        counts.unreadable += 1
        log("not accepted on \(message.topic): \(reason)")
        try DeadLetter.keep(message.payload, topic: message.topic, reason: reason, program: identity.version, now: turn.now, in: turn.db)
    }

    func describe(_ error: any Error) -> String {
        // What was said stays under the vault: a service's own words, and those about a value, may repeat it.
        let isDiscreet = vault == nil || error is StoreError || error is JournalError || error is JSONFault
        guard let error = error as? DecodingError else { return String("\(isDiscreet ? "\(error)" : "\(type(of: error))")".prefix(300)) }
        let (context, missing): (DecodingError.Context, String?) =
            switch error {
            case .keyNotFound(let key, let context): (context, "\"\(key.stringValue)\" is missing")
            case .valueNotFound(_, let context), .typeMismatch(_, let context), .dataCorrupted(let context): (context, nil)
            @unknown default: (DecodingError.Context(codingPath: [], debugDescription: "unreadable"), nil)
            }
        let path = context.codingPath.map(\.stringValue).joined(separator: ".")
        return String(
            "\(path.isEmpty ? "" : "\(path): ")\(missing ?? (vault == nil ? context.debugDescription : "not as it should be"))".prefix(300))
    }

    /// A newer program may understand what an older one could not.
    func retryDeadLetters(now: Instant) throws {
        let letters = try database.write { try DeadLetter.writtenByOthers(than: identity.version, in: $0) }
        guard !letters.isEmpty else { return }
        for letter in letters {
            isStalled = true
            try turn([Message(topic: letter.topic, payload: letter.bytes)], inputs: [], now: now, carefully: true)
            // What is still not accepted was written again, with this program's version. Removed last: a power cut between the two tries once more.
            try database.write { try DeadLetter.remove(letter.position, unlessKeptBy: identity.version, in: $0) }
        }
        isStalled = false
        log("\(letters.count) messages that an earlier version could not accept were tried again")
    }

    // MARK: The journals of others

    private func learnHeads(_ message: Message, _ topic: Topic, in turn: borrowing Turn) throws {
        guard identity.lists(topic) else { return counts.foreign += 1 }
        guard let heads = heads(message.payload, on: message.topic) else { return counts.unreadable += 1 }
        // Where it knows of nothing any more, all that was heard there is gone.
        let forgotten = heads.epoch == nil ? [] : turn.work.inbox.known.filter { heads.segments[$0] == nil }
        for text in heads.segments.keys.sorted() + forgotten {
            guard let stream = Topic(text), stream.town == identity.town, stream.kind == .event, stream.owner == topic.owner,
                stream.entity == topic.entity,
                routes.reading(stream) != nil
            else { continue }
            let segments = heads.segments[text] ?? []
            for orphan in turn.work.inbox.learn(segments, life: heads.epoch, on: text) {
                try LostRange.note(orphan, on: text, .orphaned, now: turn.now, in: turn.db)
                try forget(orphan, on: stream, in: turn)
                log(
                    "\(text): \(orphan.first)…\(orphan.last) of \(orphan.epoch) were applied here and are gone at their producer: it was restored from an older copy"
                )
            }
            try turn.work.inbox.forget(before: turn.now - Retention.seen, listed: segments, on: text, in: turn.db)
        }
        turn.work.watermarks[Address(topic.owner, topic.entity.named())] = heads.at
    }

    /// Said every ten seconds by everybody, and mostly nothing but their moment, which stands first, is new: then they were read before.
    private func heads(_ payload: [UInt8], on topic: String) -> Heads? {
        let beginning = Array(#"{"at":""#.utf8)
        let end = payload.starts(with: beginning) ? payload.dropFirst(beginning.count).firstIndex(of: UInt8(ascii: "\"")) : nil
        let rest = payload[(end ?? 0)...]
        if var known = headsRead[topic]?.heads, headsRead[topic]?.rest == rest {
            guard let end, let at = payload[beginning.count..<end].withUnsafeBufferPointer({ Instant(utf8: $0) }) else { return nil }
            known.at = at
            return known
        }
        guard let heads = try? payload.decoded(as: Heads.self) else { return nil }
        headsRead[topic] = (rest, heads)
        return heads
    }

    /// The keys of a lost tail are unknown until their producer writes them anew.
    private func forget(_ tail: Segment, on topic: Topic, in turn: borrowing Turn) throws {
        guard let drop = routes.reading(topic)?.drop else { return }
        let keys = try Keyed.forget(tail, on: topic.description, in: turn.db)
        turn.work.topic = topic
        for key in keys { try drop(key, turn) }
        if !keys.isEmpty { log("\(topic): \(keys.count) keys are unknown until their producer writes them anew") }
    }

    private func answerAsk(_ message: Message, _ consumer: Program, _ topic: Topic, in turn: borrowing Turn) throws {
        let asker = Address(consumer, topic.entity.named())
        // Two long names do not make one segment; nobody of this town is called so.
        guard !message.isRetained, TopicName(asker.description) != nil, let ask = try? message.payload.decoded(as: Ask.self) else {
            return counts.unreadable += 1
        }
        try turn.work.outbox.save(in: turn.db)
        let batch = try Outbox.answer(ask, from: consumer, me: identity.address, in: turn.db)
        turn.work.say(.batch(from: identity.address, to: asker, in: identity.town), batch)
    }

    private func applyBatch(_ message: Message, _ topic: Topic, in turn: borrowing Turn, carefully: Bool) throws {
        guard !message.isRetained, message.payload.count <= 2 * BatchHeader.bytes, let batch = try? Batch.read(message.payload),
            case .reading(let reading, let stream) = routes.route(batch.header.topic), stream.topic.owner == topic.owner,
            stream.topic.entity == topic.entity, case .event(let decode) = reading.route, batch.header.from >= 0,
            batch.header.to >= batch.header.from
        else { return counts.unreadable += 1 }
        let header = batch.header
        for event in batch.events {
            try apply(event, on: stream, reading, decode, live: false, askedAs: header.epoch, in: turn, carefully: carefully)
        }
        let reason: LostRange.Reason =
            switch header.answer {
            case .events: .missing
            case .gone: .gone
            case .denied: .denied
            }
        let missing = turn.work.inbox.close(
            header.from...header.to, of: header.epoch, on: header.topic, isGone: header.answer == .gone)
        // What a keyed stream has no more was replaced by something newer.
        for range in missing where reading.drop == nil || reason != .missing {
            let lost = Segment(epoch: header.epoch, first: range.lowerBound, last: range.upperBound)
            try LostRange.note(lost, on: header.topic, reason, now: turn.now, in: turn.db)
            log("\(header.topic): \(lost.first)…\(lost.last) of \(lost.epoch) will not come (\(reason.rawValue))")
        }
        asks.answered(header.topic, at: turn.now)
    }
}

/// An event of a keyed stream that does not say what it is about.
private struct Unkeyed: Error, CustomStringConvertible {
    let description = "an event of a keyed stream without a subject"
}
