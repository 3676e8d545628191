import Cards
import Contracts
import ReaderAgent
import Seal
import ServiceKit
import Town

/// The counter a person stands at: readers on one side, lamps and sounds on the other. Raw identifiers of cards live in here and nowhere else.
final class Counter {
    let cards: CardReaders
    private let key: TokenKey
    /// Of the doors that decide alone.
    private let doorKeys: [(door: DoorID, key: DoorKey)]
    private let formerDoorKeys: [(door: DoorID, key: DoorKey)]
    private let formerKey: TokenKey?
    private let chime: Chime?
    private var clock = ClockQuality.free
    private var hadNoTime = false
    private var learnt: [CardInput] = []
    /// Why pcscd cannot be reached; `nil` while it can.
    private var trouble: String?
    private var refusedLamps: [ReaderID: String] = [:]

    /// - Parameter formerKey: while keys are being changed.
    init(_ agent: Town.Agent, in town: Town, key: TokenKey, formerKey: TokenKey?) throws {
        self.key = key
        self.formerKey = formerKey
        let doors = town.doors.filter { $0.lease != nil }.map(\.id)
        doorKeys = doors.map { ($0, key.doorKey($0)) }
        formerDoorKeys = doors.compactMap { door in formerKey.map { (door, $0.doorKey(door)) } }
        chime = agent.sound.map { Chime(command: $0) }
        cards = try CardReaders(
            readers: agent.readers.map { ConfiguredReader(name: $0.id, device: $0.device) },
            applications: try town.applications.map(CardApplication.init),
            felica: town.felica)
    }

    /// What the readers have said since the last call.
    func inputs() -> [CardInput] {
        defer { learnt = [] }
        return learnt + cards.drain().compactMap(input)
    }

    func perform(_ effect: any Effect) {
        guard let signal = effect as? Signal else { return }
        let cue: Cue = [.refused, .again, .receivedBefore, .failed].contains(signal.kind) ? .refused : .accepted
        if let device = cards.device(of: signal.reader) {
            for escape in escapes(for: cue, device: device) { cards.signal(signal.reader, escape) }
        }
        chime?.play(signal)
    }

    func look(_ host: Host<ReaderAgent>, _ now: Instant) {
        host.alarm("pcscd", trouble.map { Problem(.red, "pcscd", "The card readers cannot be reached: \($0)") })
        clock = host.clock
        if clock == .boot {
            hadNoTime = true
        } else if hadNoTime {
            hadNoTime = false
            learnt.append(.clockLearned(now, uptime: monotonicMilliseconds()))
        }
    }

    private func input(_ event: CardEvent) -> CardInput? {
        switch event {
        case .reading: return nil
        case .read(let reader, let reading, let time): return input(reader, reading, time)
        case .readerState(let reader, .ready): return .condition(reader, .ready)
        case .readerState(let reader, .missing): return .condition(reader, .missing)
        case .readerState(let reader, .failed): return .condition(reader, .failed)
        case .service(.up): trouble = nil
        case .service(.down(let reason)): trouble = reason
        case .signalRefused(let reader, let reason): refusedLamps[reader] = reason
        }
        return nil
    }

    private func input(_ reader: ReaderID, _ reading: Cards.Reading, _ time: TapTime) -> CardInput {
        switch reading {
        case .proved(_, let number): identified(reader, .cardApp, number, .proved, time)
        case .read(let idm): identified(reader, .felica, idm, .read, time)
        case .forged(.expired): .refused(reader, .expired, at: time.realtime)
        case .forged: .refused(reader, .forged, at: time.realtime)
        case .unknown: .refused(reader, .unknown, at: time.realtime)
        case .unreadable: .unreadable(reader)
        }
    }

    private func identified(
        _ reader: ReaderID, _ scheme: Scheme, _ identifier: [UInt8], _ assurance: Assurance, _ time: TapTime
    ) -> CardInput {
        let token = key.token(scheme: scheme.rawValue, identifier: identifier)
        let former = formerKey?.token(scheme: scheme.rawValue, identifier: identifier)
        func hashes(_ token: Token?, _ keys: [(door: DoorID, key: DoorKey)]) -> LeaseHashes? {
            guard let token, !keys.isEmpty else { return nil }
            let hashes = keys.map { DoorHash(door: $0.door, hash: $0.key.hash(scheme: scheme.rawValue, identifier: identifier)) }
            return LeaseHashes(token: token, hashes: hashes)
        }
        return .identified(
            IdentifiedCard(
                reader: reader, token: token, former: former,
                leases: [hashes(token, doorKeys), hashes(former, formerDoorKeys)].compactMap { $0 }, scheme: scheme, assurance: assurance,
                at: time.realtime, uptime: time.monotonic, clock: clock))
    }
}

extension CardApplication {
    /// - Throws: what is wrong in `card-applications`, in a sentence.
    init(_ configured: Town.CardApplication) throws {
        guard let aid = AID(configured.aid) else {
            throw Fatal(
                "card application \(configured.name): its AID is one this program never selects (it holds personal data), or not 5 to 16 bytes long."
            )
        }
        guard let numberFile = FileID(configured.numberFile), let certificateFile = FileID(configured.certificateFile),
            let key = KeyReference(configured.key)
        else {
            throw Fatal("card application \(configured.name): number-file, certificate-file or key is out of range. See Docs/town.md.")
        }
        self.init(
            name: configured.name.text, aid: aid, numberFile: numberFile,
            numberTag: configured.numberTag.reduce(0) { $0 << 8 | UInt32($1) },
            certificateFile: certificateFile, keyReference: key, issuer: try CardIssuer.load(file: configured.issuer))
    }
}
