/// Every metric of a town: name, kind, and what it means.
///
/// Units stand at the end of names (openmetrics.io, 1.0, "Unit"), and times are moments, not ages: whoever reads them subtracts.
enum Family: String, CaseIterable {
    case build = "kazasu_build_info"
    case brokerUp = "kazasu_broker_up"
    case processUp = "kazasu_process_up"
    case condition = "kazasu_process_condition"
    case lifeAt = "kazasu_process_life_timestamp_seconds"
    case clockAhead = "kazasu_process_clock_ahead_seconds"
    case clockSynced = "kazasu_process_clock_synced"
    case problem = "kazasu_problem"
    case unsent = "kazasu_unsent_events"
    case missing = "kazasu_missing_events"
    case lost = "kazasu_lost_events"
    case deadLetters = "kazasu_dead_letters"
    case counter = "kazasu_process_value"
    case headsAt = "kazasu_journal_watermark_timestamp_seconds"
    case events = "kazasu_journal_events"
    case diskFree = "kazasu_disk_free_bytes"
    case diskSize = "kazasu_disk_size_bytes"
    case certificateEnd = "kazasu_certificate_end_timestamp_seconds"
    case backupAt = "kazasu_backup_timestamp_seconds"
    case trialAt = "kazasu_restore_drill_timestamp_seconds"
    case brokerClients = "kazasu_broker_clients_connected"
    case brokerUptime = "kazasu_broker_uptime_seconds"
    case brokerRetained = "kazasu_broker_retained_messages"
    case brokerStored = "kazasu_broker_stored_messages"
    case brokerHeap = "kazasu_broker_heap_bytes"
    case brokerReceived = "kazasu_broker_messages_received"
    case brokerSent = "kazasu_broker_messages_sent"
    case brokerDropped = "kazasu_broker_messages_dropped"
    case brokerBytesReceived = "kazasu_broker_received_bytes"
    case brokerBytesSent = "kazasu_broker_sent_bytes"

    enum Kind: String { case gauge, counter }

    /// What only grows, until its process starts again.
    var kind: Kind {
        switch self {
        case .events, .brokerReceived, .brokerSent, .brokerDropped, .brokerBytesReceived, .brokerBytesSent: .counter
        default: .gauge
        }
    }

    var unit: String? { ["seconds", "bytes"].first { rawValue.hasSuffix("_\($0)") } }

    /// The name that samples have.
    var sampleName: String { kind == .counter ? "\(rawValue)_total" : rawValue }

    var help: String {
        switch self {
        case .build: "Version and contract of this program; always 1"
        case .brokerUp: "Whether this program is connected to the broker; without it nothing is said of processes"
        case .processUp: "Whether a process runs and is heard"
        case .condition: "How a process is, as kazasu health says it; 1 for the word that is true"
        case .lifeAt: "When a process has said last how it is, by its own clock"
        case .clockAhead: "How far a clock is ahead of this machine's, by the last four signs of life that came live"
        case .clockSynced: "Whether a process's clock is kept by NTP"
        case .problem: "Something that somebody should look at, by its code; role machine is this machine"
        case .unsent: "Events that a process has said and that the broker has not acknowledged"
        case .missing: "Events of others that a process knows to exist and has not been given: how far it is behind"
        case .lost: "Events of others that will not come"
        case .deadLetters: "Messages that a process could not accept and keeps"
        case .counter: "A number that a process tells of itself"
        case .headsAt: "Up to when a process has numbered what happened"
        case .events: "Events a process has said on a topic, from the first on"
        case .diskFree: "Space that is left where the data are"
        case .diskSize: "Space where the data are"
        case .certificateEnd: "When the certificate ends that ends first of those on this machine"
        case .backupAt: "When a backup went well the last time"
        case .trialAt: "When a backup was fetched and was well the last time"
        case .brokerClients: "Clients that are connected"
        case .brokerUptime: "How long the broker has been running"
        case .brokerRetained: "Messages that the broker keeps for whoever subscribes"
        case .brokerStored: "Messages in the broker's memory, those for absent clients with them"
        case .brokerHeap: "Memory of the broker"
        case .brokerReceived: "MQTT messages of any kind received since the broker's start"
        case .brokerSent: "MQTT messages of any kind sent since the broker's start"
        case .brokerDropped: "Messages that a queue had no room for; they are asked for again from the journals"
        case .brokerBytesReceived: "Bytes received since the broker's start"
        case .brokerBytesSent: "Bytes sent since the broker's start"
        }
    }

    /// What the broker says of itself, under `$SYS/broker/` (mosquitto(8), Broker Status).
    var brokerTopic: String? {
        switch self {
        case .brokerClients: "clients/connected"
        case .brokerUptime: "uptime"
        case .brokerRetained: "retained messages/count"
        case .brokerStored: "store/messages/count"
        case .brokerHeap: "heap/current"
        case .brokerReceived: "messages/received"
        case .brokerSent: "messages/sent"
        case .brokerDropped: "publish/messages/dropped"
        case .brokerBytesReceived: "bytes/received"
        case .brokerBytesSent: "bytes/sent"
        default: nil
        }
    }
}
