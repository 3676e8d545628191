/// Why a file could not be read.
enum FileFault: Error {
    case channel(CardError)
    case file(Reading.Unreadable)
}

/// More than any file of a tap: a number of a few bytes, a certificate of 1 to 2 KiB.
let longestFile = 8 * 1024

/// Selects a file and reads the object it begins with, filling after it included where the card gives it unasked.
/// At most 8 KiB; a card that says its object is longer is not read at all.
func readFile(_ file: FileID, on channel: some CardChannel) throws(FileFault) -> [UInt8] {
    let selected = try ask(channel, .selectFile(file))
    guard selected.isGood else { throw .file(.file(file, status: selected.status)) }
    var bytes: [UInt8] = []
    var end = longestFile
    while bytes.count < end {
        // The first answer tells how long the object is; from then on only what is missing is asked for.
        let wanted = bytes.isEmpty ? 256 : min(256, end - bytes.count)
        let part = try ask(channel, .readBinary(offset: UInt16(bytes.count), length: UInt8(wanted & 0xFF)))
        // 6282: the file ended before all bytes were there; 6B00: it ended exactly where the last part did.
        if part.status == 0x6B00, !bytes.isEmpty { break }
        guard part.isGood || part.status == 0x6282 else { throw .file(.file(file, status: part.status)) }
        guard !part.data.isEmpty else { break }
        if bytes.isEmpty, let size = BER.size(ofObjectAt: part.data) {
            guard size <= longestFile else { throw .file(.fileTooLong(file)) }
            end = size
        }
        bytes += part.data.prefix(longestFile - bytes.count)
        if part.status == 0x6282 { break }
    }
    return bytes
}

/// One command, asked again with the right length where the card insists on it (6Cxx).
private func ask(_ channel: some CardChannel, _ command: Command) throws(FileFault) -> Response {
    do throws(CardError) {
        let response = try channel.transmit(command)
        guard response.status >> 8 == 0x6C, let exact = command.asking(length: UInt8(response.status & 0xFF)) else { return response }
        return try channel.transmit(exact)
    } catch {
        throw .channel(error)
    }
}
