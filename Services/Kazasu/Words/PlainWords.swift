import Contracts
import Town

/// Says what a message means in one line for a person.
package struct PlainWords {
    package struct Said: Equatable {
        package let time: Instant
        package let place: String
        package let what: String
    }

    let language: Language
    let town: Town

    package init(_ language: Language, _ town: Town) {
        self.language = language
        self.town = town
    }

    /// `nil` for what is not meant for people: heads and batches of journals.
    package func say(_ json: [UInt8], on topic: Topic) -> Said? {
        let entity = topic.entity.text
        switch (topic.kind, topic.owner.text, topic.name.text) {
        case (.event, "reader-agent", "tap"): return said(json) { (e: Envelope<Tapped>) in ("\(entity)/\(e.data.reader)", tap(e.data)) }
        case (.event, "reader-agent", "card-refused"):
            return said(json) { (e: Envelope<CardRefused>) in ("\(entity)/\(e.data.reader)", cardRefused(e.data.reason)) }
        case (.event, "reader-agent", "clock-set"):
            return said(json) { (_: Envelope<ClockSet>) in (entity, Phrase("has learnt the time", "時刻を取得")[language]) }
        case (.event, "reader-agent", "purpose"):
            return said(json) { (e: Envelope<PurposeChanged>) in ("\(entity)/\(e.data.reader)", purposeChanged(e.data)) }
        case (.event, "lock-controller", "door-decision"):
            return said(json) { (e: Envelope<DoorDecided>) in (e.data.door.text, decided(e.data)) }
        case (.event, "lock-controller", "door-outcome"):
            return said(json) { (e: Envelope<DoorOutcome>) in (e.data.door.text, outcome(e.data)) }
        case (.event, "lock-controller", "door-life"):
            return said(json) { (e: Envelope<DoorLifeChanged>) in (e.data.door.text, became(e.data)) }
        case (.event, "lock-controller", "door-alarm"):
            return said(json) { (e: Envelope<AlarmChanged>) in (e.data.door.text, alarm(e.data)) }
        case (.event, "lock-controller", "door-admission"):
            return said(json) { (e: Envelope<DoorAdmission>) in (e.data.door.text, admission(e.data)) }
        case (.event, "lock-controller", "door-order"):
            return said(json) { (e: Envelope<DoorOrdered>) in (e.data.door.text, ordered(e.data)) }
        case (.event, "lock-controller", "booking"):
            return said(json) { (e: Envelope<BookingChanged>) in (e.data.booking.door.text, booking(e.data)) }
        case (.event, "lock-controller", "locker-item"):
            return said(json) { (e: Envelope<LockerItemChanged>) in (e.data.item.locker.text, lockerItem(e.data)) }
        case (.event, "lock-controller", "booking-code"):
            return said(json) { (e: Envelope<BookingCodeGiven>) in (e.data.door.text, codeGiven(e.data)) }
        case (.event, "lock-controller", "group"):
            return said(json) { (e: Envelope<GroupChanged>) in (e.data.change.group.text, group(e.data)) }
        case (.event, "lock-controller", "disaster"):
            return said(json) { (e: Envelope<DisasterChanged>) in (e.data.mode.plan.text, disaster(e.data)) }
        case (.state, "lock-controller", "disasters"):
            return said(json) { (e: Envelope<DisasterState>) in (entity, disasters(e.data)) }
        case (.event, "lock-controller", "door-exception"):
            return said(json) { (e: Envelope<DoorExceptionChanged>) in (e.data.exception.door.text, exception(e.data)) }
        case (.event, "lock-controller", "passback-forgiven"):
            return said(json) { (e: Envelope<PassbackForgiven>) in (e.data.forgiven.zone.text, forgiven(e.data)) }
        case (.event, "resident-directory", "person"):
            return said(json) { (e: Envelope<PersonRuled>) in (e.data.person.text, ruled(e.data)) }
        case (.event, "shelter-registry", "shelter"):
            return said(json) { (e: Envelope<ShelterChanged>) in (e.data.shelter.id.text, shelter(e.data)) }
        case (.event, "shelter-registry", "stay-note"):
            return said(json) { (e: Envelope<StayNoted>) in (e.data.shelter.text, stayNote(e.data)) }
        case (.event, "shelter-registry", "stay-correction"):
            return said(json) { (e: Envelope<StayCorrected>) in (entity, stayCorrection(e.data)) }
        case (.event, "shelter-registry", "supply"):
            return said(json) { (e: Envelope<SupplyChanged>) in (e.data.shelter.text, supplyChanged(e.data)) }
        case (.event, "shelter-registry", "hand-out"):
            return said(json) { (e: Envelope<HandOutChanged>) in (e.data.handOut.shelter.text, handOut(e.data)) }
        case (.event, "shelter-registry", "handed-out"):
            return said(json) { (e: Envelope<HandedOut>) in (e.data.shelter.text, handedOut(e.data)) }
        case (.event, "shelter-registry", "supplies"):
            return said(json) { (e: Envelope<ShelterSupplies>) in (e.data.shelter.text, supplies(e.data)) }
        case (.event, "points", "transfer"): return said(json) { (e: Envelope<Transferred>) in (e.data.debit.purse.text, transfer(e.data)) }
        case (.event, "points", "payment"):
            return said(json) { (e: Envelope<PaymentChanged>) in (e.data.payment.shop.text, paymentChanged(e.data)) }
        case (.event, "points", "campaign"):
            return said(json) { (e: Envelope<CampaignChanged>) in (e.data.campaign.id.text, campaignChanged(e.data)) }
        case (.event, "points", "settlement"):
            return said(json) { (e: Envelope<SettlementClosed>) in
                (e.data.settlement.party.description, settlementClosed(e.data.settlement))
            }
        case (.event, "points", "ride"): return said(json) { (e: Envelope<RideSettled>) in (e.data.agent.text, ride(e.data)) }
        case (.event, "points", "run"): return said(json) { (e: Envelope<RunEnded>) in (e.data.agent.text, runEnded(e.data)) }
        case (.event, "points", "left-on-board"):
            return said(json) { (e: Envelope<LeftOnBoard>) in (e.data.agent.text, leftOnBoard(e.data)) }
        case (.event, "notifier", "delivery"): return said(json) { (e: Envelope<DeliveryEnded>) in (entity, delivery(e.data)) }
        case (.event, "notifier", "message"):
            return said(json) { (e: Envelope<MessageChanged>) in (e.data.message.id.text, messageChanged(e.data)) }
        case (.event, "notifier", "absence"): return said(json) { (e: Envelope<AbsenceReported>) in (e.data.school.text, absence(e.data)) }
        case (.event, "notifier", "school-day"):
            return said(json) { (e: Envelope<SchoolDayChanged>) in (e.data.school.text, schoolDay(e.data)) }
        case (.event, "notifier", "school-alarm"):
            return said(json) { (e: Envelope<SchoolAlarm>) in (e.data.school.text, schoolAlarm(e.data)) }
        case (.event, "notifier", "silence"): return said(json) { (e: Envelope<SilenceRaised>) in (e.data.person.text, silence(e.data)) }
        case (.event, "notifier", "watch"): return said(json) { (e: Envelope<WatchChanged>) in (e.data.person.text, watch(e.data)) }
        case (.event, "analytics", "counts"): return said(json) { (e: Envelope<CountsPut>) in (entity, counts(e.data)) }
        case (.event, "analytics", "figures"): return said(json) { (e: Envelope<FiguresMade>) in (entity, summary(e.data.figures)) }
        case (.state, "analytics", "facility-today"):
            return said(json) { (e: Envelope<FacilityToday>) in (entity, facilityToday(e.data)) }
        case (.event, "portal", "look"): return said(json) { (e: Envelope<Looked>) in (e.data.account?.text ?? entity, look(e.data)) }
        case (.event, "reception", "reception"):
            return said(json) { (e: Envelope<ReceptionChanged>) in (e.data.reception.text, stage(e.data)) }
        case (.event, "reception", "reception-ruling"):
            return said(json) { (e: Envelope<ReceptionRuling>) in (e.data.reception.text, ruling(e.data)) }
        case (.event, "reception", "reception-reversal"):
            return said(json) { (e: Envelope<ReversalChanged>) in (e.data.reception.text, reversal(e.data)) }
        case (.event, "reception", "reception-conflict"):
            return said(json) { (e: Envelope<ReceptionConflict>) in (e.data.reception.text, conflict(e.data)) }
        case (.event, "reception", "reception-paper"):
            return said(json) { (e: Envelope<PaperCounted>) in (e.data.reception.text, paper(e.data)) }
        case (.state, "reception", "reception-count"): return said(json) { (e: Envelope<ReceptionCount>) in (entity, summary(e.data)) }
        case (.state, "shelter-registry", "occupancy"): return said(json) { (e: Envelope<Occupancy>) in (entity, occupancy(e.data)) }
        case (.state, "lock-controller", "door"): return said(json) { (e: Envelope<DoorState>) in (entity, door(e.data)) }
        case (.state, "lock-controller", "lease"): return said(json) { (e: Envelope<LeaseState>) in (entity, lease(e.data)) }
        case (.state, "reader-agent", _):
            let reader = topic.name.text.replacingSuffix("--reader")
            return said(json) { (e: Envelope<ReaderState>) in ("\(entity)/\(reader)", readerState(e.data)) }
        case (.health, _, "life"):
            guard let life = try? json.decoded(as: Life.self) else { return unreadable(entity) }
            return Said(time: life.at, place: entity == "main" ? topic.owner.text : entity, what: self.life(life))
        case (.event, _, _), (.state, _, _): return unreadable(entity)
        default: return nil
        }
    }

    private func said<Body>(_ json: [UInt8], _ words: (Envelope<Body>) -> (place: String, what: String)) -> Said? {
        guard let envelope = try? Envelope<Body>(json: json) else { return unreadable("?") }
        let (place, what) = words(envelope)
        return Said(time: envelope.time, place: place, what: what)
    }

    private func unreadable(_ place: String) -> Said {
        Said(time: .distantPast, place: place, what: Phrase("something this program cannot read", "このプログラムには読めない内容")[language])
    }
}

extension String {
    fileprivate func replacingSuffix(_ suffix: String) -> String { hasSuffix(suffix) ? String(dropLast(suffix.count)) : self }
}
