/// One row of the contract, without its payload in the type: who writes these topics and who reads them.
package struct ContractRow: Sendable {
    package let kind: TopicClass
    package let owner: Program
    package let name: TopicName
    package let namesInstance: Bool
    package let isKeyed: Bool
    package let type: String
    package let body: any Payload.Type
    package let writer: Role
    package let readers: [Role]

    init<Body: Payload>(_ channel: Channel<Body>, from writer: Role, to readers: Role...) {
        kind = channel.kind
        owner = channel.owner
        name = channel.name
        namesInstance = channel.namesInstance
        isKeyed = channel.isKeyed
        type = Envelope<Body>.type
        body = Body.self
        self.writer = writer
        self.readers = readers
    }
}

/// Who may say what to whom. The ACL, the replay rights and the published contract are made from these rows and nothing else.
package enum Contract {
    package static let rows: [ContractRow] = [
        ContractRow(
            .taps, from: .readerAgent, to: .lockController, .residentDirectory, .shelterRegistry, .points, .desk, .registrar, .shelterDesk,
            .pointsDesk, .notifier, .noticeDesk, .reception, .receptionDesk, .analytics, .portal, .operator
        ),
        ContractRow(.refusedCards, from: .readerAgent, to: .operator),
        ContractRow(.leaseHashes, from: .readerAgent, to: .lockController),
        ContractRow(.clockCorrections, from: .readerAgent, to: .analytics, .operator),
        ContractRow(.purposes, from: .readerAgent, to: .operator),
        ContractRow(
            .readers, from: .readerAgent, to: .desk, .registrar, .shelterDesk, .pointsDesk, .noticeDesk, .receptionDesk, .operator),
        ContractRow(.setPurpose, from: .desk, to: .readerAgent),

        ContractRow(.doorDecisions, from: .lockController, to: .desk, .analytics, .operator),
        ContractRow(.doorOrders, from: .lockController, to: .desk, .operator),
        ContractRow(.openDoor, from: .lockDriver, to: .lockController),
        ContractRow(.unlockDoor, from: .desk, to: .lockController),
        ContractRow(.doorOutcomes, from: .lockController, to: .desk, .operator),
        ContractRow(.doorAdmissions, from: .lockController, to: .desk, .operator),
        ContractRow(.bookings, from: .lockController, to: .operator),
        ContractRow(.groups, from: .lockController, to: .operator),
        ContractRow(.doorExceptions, from: .lockController, to: .lockController, .operator),
        ContractRow(.passbackForgiven, from: .lockController, to: .operator),
        ContractRow(.bookingView, from: .lockController, to: .lockController),
        ContractRow(.groupView, from: .lockController, to: .lockController),
        ContractRow(.doors, from: .lockController, to: .lockDriver, .desk, .portal, .operator),
        ContractRow(.disasterChanges, from: .lockController, to: .lockController, .desk, .operator),
        ContractRow(.disasters, from: .lockController, to: .desk, .operator),
        ContractRow(.doorLives, from: .lockController, to: .desk, .operator),
        ContractRow(.doorAlarms, from: .lockController, to: .desk, .operator),
        ContractRow(.auditLines, from: .lockController, to: .lockController),
        ContractRow(.alarmsTaken, from: .lockController, to: .lockController),
        ContractRow(.unlocksAsked, from: .lockController, to: .lockController),
        ContractRow(.leases, from: .lockController, to: .desk, .operator),
        ContractRow(.doorFeedback, from: .lockController, to: .readerAgent, .portal),
        ContractRow(.addBooking, from: .desk, to: .lockController),
        ContractRow(.extendBooking, from: .desk, to: .lockController),
        ContractRow(.cancelBooking, from: .desk, to: .lockController),
        ContractRow(.putBooking, from: .desk, to: .lockController),
        ContractRow(.markPaid, from: .desk, to: .lockController),
        ContractRow(.listBookings, from: .desk, to: .lockController),
        ContractRow(.proposeDisaster, from: .desk, to: .lockController),
        ContractRow(.agreeToDisaster, from: .desk, to: .lockController),
        ContractRow(.endDisaster, from: .desk, to: .lockController),
        ContractRow(.changeGroup, from: .desk, to: .lockController),
        ContractRow(.listGroups, from: .desk, to: .lockController),
        ContractRow(.addException, from: .desk, to: .lockController),
        ContractRow(.undoException, from: .desk, to: .lockController),
        ContractRow(.listExceptions, from: .desk, to: .lockController),
        ContractRow(.explainDoor, from: .desk, to: .lockController),
        ContractRow(.forgivePassback, from: .desk, to: .lockController),
        ContractRow(.listAlarms, from: .desk, to: .lockController),
        ContractRow(.acknowledgeAlarm, from: .desk, to: .lockController),
        ContractRow(.listBatteries, from: .desk, to: .lockController),
        ContractRow(.listAudit, from: .desk, to: .lockController),

        ContractRow(.lockerItems, from: .lockController, to: .desk, .notifier, .operator),
        ContractRow(.putLockerItem, from: .desk, to: .lockController),
        ContractRow(.changeLockerItem, from: .desk, to: .lockController),
        ContractRow(.listLockerItems, from: .desk, to: .lockController),
        ContractRow(.bookingCodes, from: .lockController, to: .notifier, .operator),
        ContractRow(.giveBookingCode, from: .desk, to: .lockController),
        ContractRow(.tellRightsAgain, from: .desk, to: .lockController),

        ContractRow(.lockOutcomes, from: .lock, to: .lockController),
        ContractRow(.lockConditions, from: .lock, to: .lockController),
        ContractRow(.admissions, from: .lock, to: .lockController),
        ContractRow(.codes, from: .keypad, to: .lockController),

        ContractRow(
            .shelters, from: .shelterRegistry, to: .readerAgent, .lockController, .shelterRegistry, .notifier, .desk, .shelterDesk,
            .portal, .operator),
        ContractRow(.shelterFeedback, from: .shelterRegistry, to: .readerAgent, .portal),
        ContractRow(.stayNotes, from: .shelterRegistry, to: .shelterRegistry, .shelterDesk, .operator),
        ContractRow(.stayCorrections, from: .shelterRegistry, to: .shelterRegistry, .operator),
        ContractRow(.evacueeFiles, from: .shelterRegistry, to: .shelterRegistry),
        ContractRow(.whereabouts, from: .shelterRegistry, to: .notifier, .shelterDesk),
        ContractRow(.occupancy, from: .shelterRegistry, to: .desk, .shelterDesk, .portal, .operator),
        ContractRow(.putShelter, from: .shelterDesk, to: .shelterRegistry),
        ContractRow(.runShelter, from: .shelterDesk, to: .shelterRegistry),
        ContractRow(.wipeDrill, from: .shelterDesk, to: .shelterRegistry),
        ContractRow(.listShelters, from: .shelterDesk, to: .shelterRegistry),
        ContractRow(.noteStays, from: .shelterDesk, to: .shelterRegistry),
        ContractRow(.correctStay, from: .shelterDesk, to: .shelterRegistry),
        ContractRow(.putGuest, from: .shelterDesk, to: .shelterRegistry),
        ContractRow(.identifyGuest, from: .shelterDesk, to: .shelterRegistry),
        ContractRow(.listRoster, from: .shelterDesk, to: .shelterRegistry),
        ContractRow(.shelterNeeds, from: .shelterRegistry, to: .shelterDesk, .portal),
        ContractRow(.lookUps, from: .shelterRegistry, to: .shelterRegistry),
        ContractRow(.evacueesSeen, from: .shelterRegistry, to: .shelterRegistry),
        ContractRow(.showOwnShelter, from: .resident, to: .shelterRegistry),
        ContractRow(.noteNeeds, from: .shelterDesk, to: .shelterRegistry),
        ContractRow(.listMissing, from: .shelterDesk, to: .shelterRegistry),
        ContractRow(.lookUpEvacuee, from: .shelterDesk, to: .shelterRegistry),
        ContractRow(.showEvacuee, from: .shelterDesk, to: .shelterRegistry),
        ContractRow(.supplyChanges, from: .shelterRegistry, to: .operator),
        ContractRow(.handOuts, from: .shelterRegistry, to: .operator),
        ContractRow(.handedOut, from: .shelterRegistry, to: .shelterDesk, .operator),
        ContractRow(.supplies, from: .shelterRegistry, to: .shelterRegistry, .shelterDesk, .portal, .operator),
        ContractRow(.listSupplies, from: .shelterDesk, to: .shelterRegistry),
        ContractRow(.putSupply, from: .shelterDesk, to: .shelterRegistry),
        ContractRow(.runHandOut, from: .shelterDesk, to: .shelterRegistry),
        ContractRow(.handTo, from: .shelterDesk, to: .shelterRegistry),

        ContractRow(.charge, from: .till, to: .readerAgent),
        ContractRow(.transfers, from: .points, to: .pointsDesk, .operator),
        ContractRow(.payments, from: .points, to: .pointsDesk, .operator),
        ContractRow(.rides, from: .points, to: .pointsDesk, .analytics, .operator),
        ContractRow(.leftOnBoard, from: .points, to: .notifier, .pointsDesk, .operator),
        ContractRow(.runs, from: .points, to: .pointsDesk, .operator),
        ContractRow(.endRun, from: .pointsDesk, to: .points),
        ContractRow(.pointsFeedback, from: .points, to: .readerAgent, .portal),
        ContractRow(.listPayments, from: .till, to: .points),
        ContractRow(.changePayment, from: .till, to: .points),
        ContractRow(.showPoints, from: .pointsDesk, to: .points),
        ContractRow(.listEntries, from: .pointsDesk, to: .points),
        ContractRow(.movePoints, from: .pointsDesk, to: .points),
        ContractRow(.givePoints, from: .pointsDesk, to: .points),
        ContractRow(.showOwnPoints, from: .resident, to: .points),
        ContractRow(.exchangePoints, from: .pointsDesk, to: .points),
        ContractRow(.reverseTransfer, from: .pointsDesk, to: .points),
        ContractRow(.confirmAttendance, from: .pointsDesk, to: .points),
        ContractRow(.tryRule, from: .pointsDesk, to: .points),
        ContractRow(.verifyLedger, from: .pointsDesk, to: .points),
        ContractRow(.campaigns, from: .points, to: .pointsDesk, .operator),
        ContractRow(.openCampaign, from: .pointsDesk, to: .points),
        ContractRow(.addLines, from: .pointsDesk, to: .points),
        ContractRow(.decideCampaign, from: .pointsDesk, to: .points),
        ContractRow(.reviewCampaign, from: .pointsDesk, to: .points),
        ContractRow(.listCampaigns, from: .pointsDesk, to: .points),
        ContractRow(.settlements, from: .points, to: .pointsDesk, .operator),
        ContractRow(.showSettlement, from: .pointsDesk, to: .points),
        ContractRow(.closeSettlement, from: .pointsDesk, to: .points),
        ContractRow(.listSettlements, from: .pointsDesk, to: .points),

        ContractRow(.deliveries, from: .notifier, to: .noticeDesk, .operator),
        ContractRow(.homeNotices, from: .notifier, to: .home),
        ContractRow(.subscribe, from: .noticeDesk, to: .notifier),
        ContractRow(.showOwnNotices, from: .resident, to: .notifier),
        ContractRow(.reportOwnAbsence, from: .resident, to: .notifier),
        ContractRow(.subscribeOwn, from: .resident, to: .notifier),
        ContractRow(.letIn, from: .resident, to: .notifier),
        ContractRow(.proveOwn, from: .resident, to: .notifier),
        ContractRow(.tellOwnReach, from: .resident, to: .notifier),
        ContractRow(.askOwnLine, from: .resident, to: .notifier),
        ContractRow(.findOwnLine, from: .resident, to: .notifier),
        ContractRow(.listDeliveries, from: .noticeDesk, to: .notifier),
        ContractRow(.listUnreached, from: .noticeDesk, to: .notifier),
        ContractRow(.noteBounce, from: .noticeDesk, to: .notifier),
        ContractRow(.probeAddresses, from: .noticeDesk, to: .notifier),
        ContractRow(.schoolAlarms, from: .notifier, to: .noticeDesk, .portal, .operator),
        ContractRow(.absences, from: .notifier, to: .noticeDesk, .portal, .operator),
        ContractRow(.schoolDays, from: .notifier, to: .noticeDesk, .operator),
        ContractRow(.listPupils, from: .noticeDesk, to: .notifier),
        ContractRow(.reportAbsence, from: .noticeDesk, to: .notifier),
        ContractRow(.changeSchoolDay, from: .noticeDesk, to: .notifier),
        ContractRow(.silences, from: .notifier, to: .noticeDesk, .operator),
        ContractRow(.watches, from: .notifier, to: .noticeDesk, .operator),
        ContractRow(.putWatch, from: .noticeDesk, to: .notifier),
        ContractRow(.acknowledgeSilence, from: .noticeDesk, to: .notifier),
        ContractRow(.listWatches, from: .noticeDesk, to: .notifier),
        ContractRow(.townMessages, from: .notifier, to: .noticeDesk, .operator),
        ContractRow(.openMessage, from: .noticeDesk, to: .notifier),
        ContractRow(.decideMessage, from: .noticeDesk, to: .notifier),
        ContractRow(.countAudience, from: .noticeDesk, to: .notifier),
        ContractRow(.listMessages, from: .noticeDesk, to: .notifier),
        ContractRow(.followUp, from: .noticeDesk, to: .notifier),

        ContractRow(.receptions, from: .reception, to: .receptionDesk, .operator),
        ContractRow(.receptionRulings, from: .reception, to: .reception, .receptionDesk, .operator),
        ContractRow(.receptionReversals, from: .reception, to: .receptionDesk, .operator),
        ContractRow(.receptionConflicts, from: .reception, to: .receptionDesk, .operator),
        ContractRow(.receptionPaper, from: .reception, to: .reception, .receptionDesk, .operator),
        ContractRow(.stageView, from: .reception, to: .reception),
        ContractRow(.expectedView, from: .reception, to: .reception),
        ContractRow(.receivedView, from: .reception, to: .reception),
        ContractRow(.receptionCounts, from: .reception, to: .desk, .receptionDesk, .analytics, .portal, .operator),
        ContractRow(.receptionFeedback, from: .reception, to: .readerAgent, .portal),
        ContractRow(.decideReception, from: .receptionDesk, to: .reception),
        ContractRow(.listReceptions, from: .receptionDesk, to: .reception),
        ContractRow(.addExpected, from: .receptionDesk, to: .reception),
        ContractRow(.findExpected, from: .receptionDesk, to: .reception),
        ContractRow(.receive, from: .receptionDesk, to: .reception),
        ContractRow(.reverseReceived, from: .receptionDesk, to: .reception),
        ContractRow(.settleConflict, from: .receptionDesk, to: .reception),
        ContractRow(.countPaper, from: .receptionDesk, to: .reception),
        ContractRow(.listAttendance, from: .receptionDesk, to: .reception),
        ContractRow(.showHandOver, from: .receptionDesk, to: .reception),
        ContractRow(.tellReceptionsAgain, from: .receptionDesk, to: .reception),

        ContractRow(.facilitiesToday, from: .analytics, to: .desk, .portal, .operator),
        ContractRow(.counts, from: .analytics, to: .desk, .operator),
        ContractRow(.figures, from: .analytics, to: .desk, .operator),
        ContractRow(.showVisits, from: .desk, to: .analytics),
        ContractRow(.putCounts, from: .desk, to: .analytics),
        ContractRow(.listFigures, from: .desk, to: .analytics),
        ContractRow(.showTable, from: .desk, to: .analytics),
        ContractRow(.showSummary, from: .desk, to: .analytics),

        ContractRow(.persons, from: .residentDirectory, to: .operator),
        ContractRow(.lockView, from: .residentDirectory, to: .lockController),
        ContractRow(.shelterView, from: .residentDirectory, to: .shelterRegistry),
        ContractRow(.pointsView, from: .residentDirectory, to: .points),
        ContractRow(.noticeView, from: .residentDirectory, to: .notifier),
        ContractRow(.visitView, from: .residentDirectory, to: .analytics),
        ContractRow(.receptionView, from: .residentDirectory, to: .reception),
        ContractRow(.putPerson, from: .registrar, to: .residentDirectory),
        ContractRow(.findPersons, from: .registrar, to: .residentDirectory),
        ContractRow(.showPerson, from: .registrar, to: .residentDirectory),
        ContractRow(.erasePerson, from: .registrar, to: .residentDirectory),
        ContractRow(.linkCard, from: .registrar, to: .residentDirectory),
        ContractRow(.replaceCard, from: .registrar, to: .residentDirectory),
        ContractRow(.markCard, from: .registrar, to: .residentDirectory),
        ContractRow(.retireTokenKey, from: .registrar, to: .residentDirectory),
        ContractRow(.relate, from: .registrar, to: .residentDirectory),
        ContractRow(.changeMembers, from: .registrar, to: .residentDirectory),
        ContractRow(.setConsent, from: .registrar, to: .residentDirectory),
        ContractRow(.mergePersons, from: .registrar, to: .residentDirectory),
        ContractRow(.undoRuling, from: .registrar, to: .residentDirectory),
        ContractRow(.openList, from: .registrar, to: .residentDirectory),
        ContractRow(.addRows, from: .registrar, to: .residentDirectory),
        ContractRow(.reviewList, from: .registrar, to: .residentDirectory),
        ContractRow(.decideList, from: .registrar, to: .residentDirectory),
        ContractRow(.enterOwn, from: .resident, to: .residentDirectory),
        ContractRow(.showOwn, from: .resident, to: .residentDirectory),
        ContractRow(.consentOwn, from: .resident, to: .residentDirectory),
        ContractRow(.reachOwn, from: .resident, to: .residentDirectory),
        ContractRow(.findCardNumber, from: .resident, to: .residentDirectory),
        ContractRow(.tellAgain, from: .registrar, to: .residentDirectory),

        ContractRow(.looks, from: .portal, to: .operator),
        ContractRow(.changeAccount, from: .operator, to: .portal),
    ]

    /// Programs that keep a journal others may ask.
    package static var producers: [Role] { unique(rows.filter { $0.kind == .event }.map(\.writer)) }

    /// What everybody who keeps a journal answers for it, and who alone asks: technicians settle what it keeps for a person, residents see
    /// who has used their cards, at a counter or at their own page.
    package static let askedOfAll: [(owner: Program, asker: Role)] = [("upkeep", .operator), ("uses", .registrar), ("uses", .resident)]

    package static func consumers(of producer: Role) -> [Role] {
        unique(rows.filter { $0.kind == .event && $0.writer == producer }.flatMap(\.readers))
    }

    /// Whether a consumer may read a topic, which is also whether it may have it replayed.
    package static func mayRead(_ topic: Topic, as program: Program) -> Bool {
        rows.contains { row in
            row.kind == topic.kind && row.owner == topic.owner && row.name == topic.name && row.readers.contains { $0.program == program }
        }
    }

    /// Whose `life` a role reads.
    package static func livesRead(by role: Role) -> [Role] {
        switch role {
        case .lockController: [.readerAgent, .lock, .lockController]
        case .lockDriver: [.lockController]
        case .desk, .registrar, .shelterDesk, .pointsDesk, .noticeDesk, .receptionDesk, .operator: Role.allCases.filter(\.hasLife)
        case .shelterRegistry: [.readerAgent, .shelterRegistry]
        // The gates of schools, and all who are commanded from there.
        case .portal:
            [.readerAgent, .lockController, .residentDirectory, .shelterRegistry, .points, .notifier, .analytics, .reception]
        case .readerAgent, .residentDirectory, .points, .notifier, .analytics, .lock, .keypad, .till, .home, .reception, .resident: []
        }
    }

    private static func unique(_ roles: [Role]) -> [Role] {
        roles.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}
