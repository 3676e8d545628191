extension Kazasu {
    /// Every command, in the order of the overview. A new one is a line here and a file of its own in this folder.
    package static var commands: [Command] {
        [
            // To set up and run a town.
            .check, .up, .island,
            .provision, .unpack, .stationBundle, .stationLine, .stationTellAgain,
            // To look at it.
            .tail, .doctor, .health, .metrics, .support, .doorList, .doorState, .doorLeases, .readerList,
            // To command it.
            .doorAlarms, .doorAck, .doorBattery, .doorAudit,
            .bookingAdd, .bookingExtend, .bookingCancel, .bookingList, .bookingPaid, .bookingImport, .bookingNoShows, .bookingCode,
            .doorUnlock, .doorClose, .doorOpen, .doorExceptions, .doorUndo, .doorExplain, .doorForgive,
            .lockerPut, .lockerList, .lockerTakeBack, .lockerRelease, .lockerExtend,
            .groupList, .groupAdd, .groupRemove, .groupOpen, .groupClose,
            .readerPurpose,
            .disasterPropose, .disasterAgree, .disasterEnd, .disasterStatus,
            // To run shelters, at a reception or at headquarters.
            .shelterList, .shelterStatus, .shelterOpen, .shelterClose, .shelterWipe, .shelterDesk,
            .shelterCheckIn, .shelterCheckOut, .shelterOut, .shelterMove, .shelterShow, .shelterCorrect,
            .shelterGuest, .shelterGuestEdit, .shelterIdentify, .shelterRoster, .shelterPrint, .shelterPaper,
            .shelterMissing, .shelterLookUp, .shelterAdd, .shelterImport, .shelterGeoJSON,
            .shelterNeeds, .shelterAsk, .shelterSupplies, .shelterSupply, .shelterHandOut, .shelterHandTo,
            // To give, take, pay and settle points, at a counter for points.
            .pointsBalance, .pointsHistory, .pointsAward, .pointsTake, .pointsGive, .pointsExchange, .pointsReverse,
            .pointsRules, .pointsTry, .pointsConfirm, .pointsVerify, .pointsImport,
            .campaignOpen, .campaignShow, .campaignList, .campaignApprove, .campaignDiscard, .campaignReverse,
            .pointsSettle, .pointsSettlements, .rideEnd,
            // To be paid, at a shop's till.
            .tillCharge, .tillList, .tillConfirm, .tillVoid, .tillRefund,
            // To tell people, at a desk for notices or in a school's staff room.
            .noticeSend, .noticeTest, .noticeApprove, .noticeWithdraw, .noticeResend, .noticeList, .noticeStatus, .noticeUnreached,
            .noticeProbe, .noticeFollowUp, .noticeBounce, .noticeSubscribe, .noticeWatch, .noticeWatches, .noticeVisited,
            .schoolToday, .schoolAbsence, .schoolDay,
            // To see how the town's houses are used.
            .visitsShow, .visitsCount, .visitsImport, .statsList, .statsTable, .statsIndicators, .statsCompare, .statsExport, .report,
            // To receive people, at a reception table.
            .receptionList, .receptionStatus, .receptionOpen, .receptionClose, .receptionCancel, .receptionImport, .receptionFind,
            .receptionAccept, .receptionReverse, .receptionAgree, .receptionWithdraw, .receptionSettle, .receptionPaper,
            .receptionAttendance, .receptionCertificate, .receptionSheet, .receptionTellAgain,
            // To answer residents.
            .cardUses,
            // To keep people's files, at a residents' counter.
            .personFind, .personAdd, .personChange, .personShow, .personHistory, .personExport, .personMerge, .personUndo, .personErase,
            .personTellAgain,
            .cardLink, .cardReplace, .cardSuspend, .cardLost, .cardActivate, .cardUnlink, .cardRetireKey,
            .relationGuardian, .relationAdd, .relationEnd, .groupMembers, .groupJoin, .groupLeave, .consentGive, .consentWithdraw,
            .importList, .importShow, .importApprove, .importApply, .importDiscard,
            // To change the key that personal data lies under.
            .vaultStatus, .vaultAddKey, .vaultRetire,
            // To take rights from what was stolen.
            .revoke, .revoked,
            // To lose nothing with a disk.
            .backup, .backupList, .backupTry, .backupStatus, .restore, .again, .auditVerify, .auditShow, .drill, .drillList,
            // To settle what its processes keep for a person.
            .deadList, .deadRetry, .deadDismiss, .gapList, .gapClose,
            // To let people into the town's pages.
            .portalInvite, .portalShut,
            // To try it.
            .demo, .virtualLock, .virtualKeypad,
        ]
    }
}
