/// What a reader's own lamp and buzzer tell the person.
package enum Cue: Hashable, Sendable, CaseIterable {
    /// The tap counted.
    case accepted
    /// The tap was refused, or the card must be held again.
    case refused
}

/// The escapes that show the cue on a reader with this PC/SC name, in order; none for readers whose escapes are not published
/// (RC-S300), where the host's own sound must do.
///
/// Sources: ACS, "ACR122U Application Programming Interface", 6.2 (bi-colour LED and buzzer control: final state, masks, blinks
/// in the second byte, times in 100 ms); ACS, "ACR1252U Reference Manual", buzzer (28, in 10 ms) and LED (29, bit 0 red, bit 1 green).
package func escapes(for cue: Cue, device: String) -> [[UInt8]] {
    if device.contains("ACR122U") {
        switch cue {
        case .accepted: return [[0xFF, 0x00, 0x40, 0x2E, 0x04, 0x01, 0x01, 0x01, 0x01]]
        case .refused: return [[0xFF, 0x00, 0x40, 0x5C, 0x04, 0x02, 0x01, 0x03, 0x01]]
        }
    }
    if device.contains("ACR1252") {
        switch cue {
        case .accepted: return [[0xE0, 0x00, 0x00, 0x29, 0x01, 0x02], [0xE0, 0x00, 0x00, 0x28, 0x01, 0x0A]]
        case .refused: return [[0xE0, 0x00, 0x00, 0x29, 0x01, 0x01], [0xE0, 0x00, 0x00, 0x28, 0x01, 0x32]]
        }
    }
    return []
}
