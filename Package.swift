// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
    // The tests run with the checks for overlapping access; what ships does without.
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

/// A module every service may use. Optimized under test too: the simulated towns then need a third of the time.
func shared(_ name: String, uses: [Target.Dependency] = [], in folder: String = "Shared") -> Target {
    .target(
        name: name, dependencies: uses, path: "\(folder)/\(name)",
        swiftSettings: strict + [.unsafeFlags(["-O"], .when(configuration: .debug))])
}

/// A C library of the system, behind one header.
func system(_ name: String, pkgConfig: String? = nil, apt: String = "libc6-dev") -> Target {
    .systemLibrary(name: name, path: "Shared/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
}

/// A service: the library holds its page, decisions and tables; `Main` alone meets the network, the clock and C.
func service(
    _ name: String, program: String, uses: [Target.Dependency] = [], main: [Target.Dependency] = [], holds files: [String] = []
) -> [Target] {
    let decisions: [Target.Dependency] = ["Contracts", "People", "Seal", "ServiceKit", "Store"] + uses
    return [
        .target(
            name: name, dependencies: decisions, path: "Services/\(name)", exclude: ["Main"], resources: files.map { .embedInCode($0) },
            swiftSettings: strict),
        .executableTarget(
            name: program, dependencies: [.target(name: name)] + decisions + ["Launch", "Town"] + main,
            path: "Services/\(name)/Main", swiftSettings: strict),
    ]
}

func tests(_ name: String, of subjects: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: subjects, path: "Tests/\(name)", swiftSettings: strict)
}

let package = Package(
    name: "kazasu",
    products: [
        .library(name: "ifdkazasu", type: .dynamic, targets: ["IFDHandler"]),
        // For the bench, to be preloaded; nothing links it.
        .library(name: "slowdisk", type: .dynamic, targets: ["SlowDisk"]),
    ],
    targets: [
        system("CMosquitto", pkgConfig: "libmosquitto", apt: "libmosquitto-dev"),
        system("CSQLite", pkgConfig: "sqlite3", apt: "libsqlite3-dev"),
        system("CPCSC", pkgConfig: "libpcsclite", apt: "libpcsclite-dev"),
        system("CCrypto", pkgConfig: "libcrypto", apt: "libssl-dev"),
        system("CYAML", pkgConfig: "yaml-0.1", apt: "libyaml-dev"),
        system("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
        system("CMicroHTTPD", pkgConfig: "libmicrohttpd", apt: "libmicrohttpd-dev"),

        system("CQRencode", pkgConfig: "libqrencode", apt: "libqrencode-dev"),
        system("CLinux"),

        shared("Contracts"),
        shared("Store", uses: ["CSQLite"]),
        shared("Bus"),
        shared("Threads", uses: ["CLinux"]),
        shared("Seal", uses: ["CCrypto", "Contracts"]),
        shared("Journal", uses: ["Contracts", "Store", "Bus", "Seal"]),
        shared("ServiceKit", uses: ["CLinux", "Contracts", "Store", "Bus", "Seal", "Journal"]),
        shared("People", uses: ["Contracts", "Store", "ServiceKit"]),
        shared("Mosquitto", uses: ["CMosquitto", "Bus"]),
        shared("Launch", uses: ["Bus", "Contracts", "Journal", "Mosquitto", "Seal", "ServiceKit", "Store", "Town"]),
        shared("Cards", uses: ["CPCSC", "Contracts", "Seal", "Threads"]),
        shared("Town", uses: ["CYAML", "Contracts"]),
        shared("Sheets", uses: ["Contracts"]),
        // Bookings of other systems, for the command line and for pages.
        shared("Calendars", uses: ["Contracts", "Seal", "Sheets"]),
        // Messages as values, for the service; and who carries them, for its `Main` alone.
        shared("Post", uses: ["Contracts", "Seal"]),
        shared("Mail", uses: ["CCurl", "Contracts", "Post", "Seal"]),
        shared("QRCode", uses: ["CQRencode"]),
        // Requests and answers as values, for the portal; and who carries them, for its `Main` and the exporter.
        shared("HTTP"),
        shared("Web", uses: ["CMicroHTTPD", "HTTP"]),

        .target(
            name: "IFDHandler", dependencies: ["CPCSC"], path: "Devices/IFDHandler",
            cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])]),
        shared("VirtualReader", uses: ["Seal", "Threads"], in: "Devices"),
        shared("VirtualLock", uses: ["Contracts", "Seal", "Bus"], in: "Devices"),
        // To the town a lock, to devices from the shop whoever they take orders from.
        .target(
            name: "LockDriver", dependencies: ["Bus", "Contracts", "Seal", "Town", "VirtualLock"], path: "Devices/LockDriver",
            exclude: ["Main"], swiftSettings: strict),
        .executableTarget(
            name: "lock-driver",
            dependencies: [
                "Bus", "Contracts", "Launch", "LockDriver", "Mosquitto", "Seal", "ServiceKit", "Town", "VirtualLock",
            ],
            path: "Devices/LockDriver/Main", swiftSettings: strict),
    ]
        + [
            .target(
                name: "SlowDisk", path: "Tests/Bench/SlowDisk",
                cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])], linkerSettings: [.linkedLibrary("dl")])
        ]
        + service("ReaderAgent", program: "reader-agent", main: ["Cards"])
        + service("LockController", program: "lock-controller")
        + service("ResidentDirectory", program: "resident-directory", uses: ["Post", "Sheets"])
        + service("ShelterRegistry", program: "shelter-registry", uses: ["Sheets"])
        + service("Points", program: "points")
        + service("Notifier", program: "notifier", uses: ["Post"], main: ["Mail"])
        + service("Analytics", program: "analytics")
        + service("Reception", program: "reception", uses: ["Sheets"])
        + service(
            "Portal", program: "portal", uses: ["Calendars", "HTTP", "Post", "QRCode", "Sheets"], main: ["Web"],
            holds: [
                "icon.svg", "live.js", "manifest.webmanifest", "map.js", "offline.js", "portal.css", "search.js", "sound.js", "worker.js",
            ].map { "Pages/\($0)" } + [
                "Facilities/calendar.js", "Facilities/import.js", "Family/enter.js", "Family/push.js", "Figures/figures.css",
                "Figures/figures.js",
                "Kiosks/kiosk.css", "Kiosks/kiosk.js", "Schools/school.js", "Shelters/desk.js",
            ])
        + [
            .target(
                name: "Kazasu",
                dependencies: [
                    "Bus", "CLinux", "Calendars", "Contracts", "Journal", "Launch", "LockDriver", "Mosquitto", "Post", "Seal", "ServiceKit",
                    "Sheets", "Store", "HTTP", "Town", "VirtualLock", "VirtualReader", "Web",
                ],
                path: "Services/Kazasu", exclude: ["Main"], swiftSettings: strict),
            .executableTarget(name: "kazasu", dependencies: ["Kazasu"], path: "Services/Kazasu/Main", swiftSettings: strict),
        ]
        + [
            .target(
                name: "Simulation",
                dependencies: [
                    "Analytics", "Bus", "Contracts", "HTTP", "Harness", "Journal", "Kazasu", "LockController", "Notifier", "People",
                    "Points", "Portal", "Post", "ReaderAgent", "Reception", "ResidentDirectory", "Seal", "ServiceKit", "ShelterRegistry",
                    "Store",
                    "VirtualLock",
                ],
                path: "Tests/Simulation", swiftSettings: strict),
            .target(name: "ContractBook", dependencies: ["Contracts"], path: "Tests/ContractBook", swiftSettings: strict),
            .executableTarget(name: "contract", dependencies: ["ContractBook"], path: "Tests/ContractTool", swiftSettings: strict),
            .executableTarget(name: "simulate", dependencies: ["Simulation"], path: "Tests/Simulate", swiftSettings: strict),
            .executableTarget(
                name: "bench",
                dependencies: [
                    "Analytics", "Bus", "Contracts", "Kazasu", "Launch", "LockController", "Mail", "Mosquitto", "Notifier", "People",
                    "Points", "Post",
                    "ReaderAgent",
                    "ResidentDirectory",
                    "Seal",
                    "ServiceKit", "Sheets", "ShelterRegistry", "Store", "Town", "VirtualReader",
                ],
                path: "Tests/Bench", exclude: ["SlowDisk", "peer.py", "restore.py"], swiftSettings: strict),
            // One service on a broker in this process, driven step by step; shared by the tests of the machinery and of the services.
            .target(
                name: "Harness", dependencies: ["Bus", "Contracts", "Journal", "People", "Seal", "ServiceKit", "Store"],
                path: "Tests/Harness",
                swiftSettings: strict),
            // Real programs and folders of a test's own.
            .target(name: "RealParts", dependencies: ["Seal"], path: "Tests/RealParts", swiftSettings: strict),
            // Readers of bytes from outside, for libFuzzer (`make fuzz`) and, over their corpora, for the tests.
            .systemLibrary(name: "CLibFuzzer", path: "Tests/Fuzz/CLibFuzzer"),
            .target(
                name: "Fuzz",
                dependencies: [
                    "Bus", "Cards", "Contracts", "Harness", "Journal", "Kazasu", "Launch", "LockController", "ReaderAgent", "Post", "Seal",
                    "ServiceKit", "Sheets",
                    "Town", "VirtualLock", "VirtualReader",
                ],
                path: "Tests/Fuzz", exclude: ["CLibFuzzer", "Corpora", "Main", "run.sh"], swiftSettings: strict),
            .executableTarget(name: "fuzz", dependencies: ["CLibFuzzer", "Fuzz"], path: "Tests/Fuzz/Main", swiftSettings: strict),
            tests("FuzzTests", of: ["Contracts", "Fuzz"]),
            tests("ContractsTests", of: ["Contracts", "Seal", "ServiceKit", "Harness"]),
            tests("ContractBookTests", of: ["ContractBook", "Contracts", "Harness"]),
            tests("StoreTests", of: ["Store", "CSQLite"]),
            tests("JournalTests", of: ["Journal", "Contracts", "Seal", "Store", "Harness"]),
            tests("ServiceKitTests", of: ["ServiceKit", "Journal", "Contracts", "Bus", "Seal", "Store", "Harness"]),
            tests("PeopleTests", of: ["People", "ServiceKit", "Journal", "Contracts", "Store", "Harness"]),
            tests("LockControllerTests", of: ["LockController", "ServiceKit", "Journal", "Contracts", "Bus", "Seal", "Store", "Harness"]),
            tests(
                "ResidentDirectoryTests",
                of: ["ResidentDirectory", "ServiceKit", "Journal", "Contracts", "Bus", "People", "Seal", "Store", "Harness"]),
            tests(
                "NotifierTests",
                of: ["Bus", "Contracts", "Harness", "Journal", "Notifier", "People", "Post", "Seal", "ServiceKit", "Store"]),
            tests(
                "PointsTests", of: ["Points", "ServiceKit", "Journal", "Contracts", "Bus", "People", "Seal", "Store", "Harness"]),
            tests(
                "ShelterRegistryTests",
                of: ["ShelterRegistry", "ServiceKit", "Journal", "Contracts", "Bus", "People", "Seal", "Store", "Harness"]),
            tests(
                "AnalyticsTests",
                of: ["Analytics", "Bus", "Contracts", "Harness", "Journal", "People", "RealParts", "Seal", "ServiceKit", "Store"]),
            tests(
                "ReceptionTests",
                of: ["Bus", "Contracts", "Harness", "Journal", "People", "Reception", "Seal", "ServiceKit", "Store"]),
            tests("PortalTests", of: ["Bus", "Contracts", "Harness", "HTTP", "Journal", "Portal", "Seal", "ServiceKit", "Store"]),
            tests("ReaderAgentTests", of: ["ReaderAgent", "ServiceKit", "Journal", "Contracts", "Bus", "Seal", "Store", "Harness"]),
            tests("VirtualLockTests", of: ["VirtualLock", "Bus", "Contracts", "Seal"]),
            // The program is named, so that it is built before it is run.
            .testTarget(
                name: "LockDriverTests",
                dependencies: [
                    "LockDriver", "Kazasu", "Bus", "CMosquitto", "Contracts", "Launch", "Mosquitto", "Seal", "ServiceKit", "Town",
                    "VirtualLock", "kazasu", "lock-controller", "lock-driver", "resident-directory",
                ],
                path: "Tests/LockDriverTests", exclude: ["Dialogues"], swiftSettings: strict),
            // The program is named, so that it is built before it is run.
            tests(
                "SimulationTests",
                of: [
                    "Simulation", "simulate", "Bus", "Contracts", "Harness", "LockController", "People", "ResidentDirectory", "Seal",
                    "ServiceKit", "Store",
                ]),
            tests("TidyTests", of: []),
            .testTarget(
                name: "MailTests", dependencies: ["CCrypto", "Contracts", "Mail", "Post", "RealParts", "Seal"], path: "Tests/MailTests",
                exclude: ["Servers"], swiftSettings: strict),
            tests("SealTests", of: ["Seal", "Contracts", "CCrypto", "RealParts"]),
            tests("CardsTests", of: ["Cards", "Contracts", "Seal", "Threads", "VirtualReader"]),
            tests("TownTests", of: ["Town", "Contracts"]),
            tests("WebTests", of: ["HTTP", "Web"]),
            tests("CalendarsTests", of: ["Calendars", "Contracts", "Sheets", "Town"]),
            tests("SheetsTests", of: ["Sheets", "Contracts", "Harness"]),
            // The programs themselves are named, so that they are built before they are run.
            tests(
                "EndToEndTests",
                of: [
                    "Kazasu", "Bus", "Contracts", "Harness", "Launch", "Mosquitto", "Seal", "ServiceKit", "Store", "Town", "VirtualReader",
                    "kazasu",
                    "reader-agent", "lock-controller", "resident-directory", "shelter-registry", "points", "portal",
                ]),
            tests(
                "KazasuTests",
                of: [
                    "Kazasu", "Bus", "Contracts", "Harness", "Journal", "Launch", "Mosquitto", "Seal", "ServiceKit", "Sheets", "Store",
                    "Threads", "Town",
                ]),
        ]
)
