extension Kazasu {
    /// Every command, in the order of the overview. A new one is a line here and a file of its own.
    package static var commands: [Command] {
        [
            .check, .up,
            .tail, .health,
            .bookingAdd, .bookingExtend, .bookingCancel, .bookingList,
            .groupList, .groupAdd, .groupRemove, .groupOpen, .groupClose,
            .doorList, .doorState,
            .readerList, .readerPurpose,
        ]
    }
}
