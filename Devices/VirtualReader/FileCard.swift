import Seal

/// A status word, the last two bytes of every answer (ISO 7816-4, 5.1.3).
enum Status {
    static let good: [UInt8] = [0x90, 0x00]
    static let wrongLength: [UInt8] = [0x67, 0x00]
    static let notARecordFile: [UInt8] = [0x69, 0x81]
    static let noFileSelected: [UInt8] = [0x69, 0x86]
    static let noSuchKey: [UInt8] = [0x69, 0x85]
    static let notSupportedByReader: [UInt8] = [0x6A, 0x81]
    static let noSuchFile: [UInt8] = [0x6A, 0x82]
    static let noSuchRecord: [UInt8] = [0x6A, 0x83]
    static let wrongParameters: [UInt8] = [0x6A, 0x86]
    static let pastTheEnd: [UInt8] = [0x6B, 0x00]
    static let noSuchInstruction: [UInt8] = [0x6D, 0x00]
    static let wrongPIN: [UInt8] = [0x63, 0xC2]
}

/// One application of a card: its elementary files by file id, its records and its keys by short id.
package struct FileApplication: Sendable {
    package var files: [UInt16: [UInt8]]
    package var records: [UInt8: [[UInt8]]]
    /// Keys that answer INTERNAL AUTHENTICATE without a PIN.
    package var keys: [UInt8: PrivateKey]

    package init(files: [UInt16: [UInt8]] = [:], records: [UInt8: [[UInt8]]] = [:], keys: [UInt8: PrivateKey] = [:]) {
        self.files = files
        self.records = records
        self.keys = keys
    }
}

/// The logic of an ISO 7816-4 card: a table of applications and what is selected now. No clock, no wire.
struct FileCard: Sendable {
    var applications: [[UInt8]: FileApplication]
    /// Applications that exist and answer, but that nobody here may ever select: the 12 digits, the face, the PIN-bound keys.
    var trapped: Set<[UInt8]>
    /// What FF CA gives: UID, PUPI or IDm.
    var identifier: [UInt8]
    /// Asks for the exact length first (6Cxx), as some cards do.
    var insistsOnLength = false
    /// Every forbidden thing that was tried, as a sentence.
    private(set) var alarms: [String] = []
    private var selected: FileApplication?
    private var file: UInt16?

    init(applications: [[UInt8]: FileApplication], trapped: Set<[UInt8]>, identifier: [UInt8]) {
        self.applications = applications
        self.trapped = trapped
        self.identifier = identifier
    }

    /// The field went off or the card was reset: nothing is selected any more.
    mutating func reset() {
        selected = nil
        file = nil
    }

    /// The response APDU to a short command APDU.
    mutating func answer(_ apdu: [UInt8]) -> [UInt8] {
        guard let command = ShortAPDU(apdu) else { return Status.wrongLength }
        if command.class == 0xFF { return answerOfReader(command) }
        switch command.instruction {
        case 0xA4: return select(command)
        case 0xB0: return readBinary(command)
        case 0xB2: return readRecord(command)
        case 0x88: return authenticate(command)
        case 0x20, 0x24, 0x2C:
            alarms.append("a PIN command was sent (INS \(hex([command.instruction])))")
            return Status.wrongPIN
        default: return Status.noSuchInstruction
        }
    }

    /// Class FF never reaches a card: the reader answers it (PC/SC part 3, 3.2.2).
    private func answerOfReader(_ command: ShortAPDU) -> [UInt8] {
        guard command.instruction == 0xCA, command.p1 == 0, command.p2 == 0, !identifier.isEmpty else { return Status.notSupportedByReader }
        return identifier + Status.good
    }

    private mutating func select(_ command: ShortAPDU) -> [UInt8] {
        switch command.p1 {
        case 4:
            if trapped.contains(where: { command.data.starts(with: $0) || $0.starts(with: command.data) }) {
                alarms.append("a forbidden application was selected (AID \(hex(command.data)))")
                return Status.good
            }
            guard let application = applications[command.data] else { return Status.noSuchFile }
            (selected, file) = (application, nil)
            return Status.good
        case 2:
            guard let selected, command.data.count == 2 else { return Status.wrongParameters }
            let id = UInt16(command.data[0]) << 8 | UInt16(command.data[1])
            guard selected.files[id] != nil || selected.records[UInt8(truncatingIfNeeded: id)] != nil else { return Status.noSuchFile }
            file = id
            return Status.good
        default: return Status.wrongParameters
        }
    }

    private mutating func readBinary(_ command: ShortAPDU) -> [UInt8] {
        guard let selected else { return Status.noFileSelected }
        var offset = Int(command.p1) << 8 | Int(command.p2)
        if command.p1 & 0x80 != 0 {
            file = UInt16(command.p1 & 0x1F)
            offset = Int(command.p2)
        }
        guard let file else { return Status.noFileSelected }
        guard let bytes = selected.files[file] else {
            return selected.records[UInt8(truncatingIfNeeded: file)] == nil ? Status.noFileSelected : Status.notARecordFile
        }
        guard offset < bytes.count else { return Status.pastTheEnd }
        let wanted = command.expected ?? 256
        let rest = bytes.count - offset
        if insistsOnLength, wanted > rest { return [0x6C, UInt8(rest)] }
        return bytes[offset..<min(bytes.count, offset + wanted)] + Status.good
    }

    private func readRecord(_ command: ShortAPDU) -> [UInt8] {
        guard let selected else { return Status.noFileSelected }
        let short = command.p2 >> 3
        guard let id = short != 0 ? short : file.map({ UInt8(truncatingIfNeeded: $0) }), let records = selected.records[id]
        else { return Status.notARecordFile }
        guard command.p1 >= 1, command.p1 <= records.count else { return Status.noSuchRecord }
        return records[Int(command.p1) - 1] + Status.good
    }

    private func authenticate(_ command: ShortAPDU) -> [UInt8] {
        guard let key = selected?.keys[command.p2 & 0x1F], !command.data.isEmpty,
            let signature = try? key.sign(challenge: command.data)
        else { return Status.noSuchKey }
        return signature + Status.good
    }
}

/// A command APDU with one-byte lengths, taken apart (ISO 7816-4, 5.1: cases 1 to 4).
struct ShortAPDU {
    let `class`: UInt8
    let instruction: UInt8
    let p1: UInt8
    let p2: UInt8
    let data: [UInt8]
    /// Bytes wanted at most, 1 to 256; nil when the command asks for none.
    let expected: Int?

    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 4 else { return nil }
        (self.class, instruction, p1, p2) = (bytes[0], bytes[1], bytes[2], bytes[3])
        let length = { (byte: UInt8) in byte == 0 ? 256 : Int(byte) }
        switch bytes.count {
        case 4: (data, expected) = ([], nil)
        case 5: (data, expected) = ([], length(bytes[4]))
        case let count where count == 5 + Int(bytes[4]): (data, expected) = (Array(bytes[5...]), nil)
        case let count where count == 6 + Int(bytes[4]): (data, expected) = (Array(bytes[5..<count - 1]), length(bytes[count - 1]))
        default: return nil
        }
    }
}

/// Upper-case hexadecimal, two digits a byte.
func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
}
