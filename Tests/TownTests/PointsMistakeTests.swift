import Testing

@testable import Town

@Suite("Mistakes in what a town says of points")
struct PointsMistakeTests {
    @Test("Each with its place and what to do", arguments: mistakes)
    func below(text: String, expected: [String]) { #expect(sentences(head + text + "\n") == expected) }

    @Test("Purses that expire never or nowhere, pay nowhere, or are worth nothing")
    func purses() {
        let text =
            "  purses: { a: { title: A, expires: 2 years }, b: { title: B, expires-to: chamber, shops: [] }, c: { title: C, expires: 1000 months, worth: 0 } }"
        #expect(
            sentences(small + "points:\n" + text + "\n") == [
                "7:37 \"expires\" of purse \"a\" is \"2 years\". Write how long it can be spent, as 24 months or 180 days, or the last day, as 2027-03-31, or 03-31 for every year.",
                "7:75 \"expires-to\" of purse \"b\" is \"chamber\". Write nothing here, or when it expires beside it: expires: 24 months.",
                "7:91 \"shops\" of purse \"b\" is a list. Write at least one, for example [bakery].",
                "7:121 \"expires\" of purse \"c\" is \"1000 months\". Write how long it can be spent, as 24 months or 180 days, or the last day, as 2027-03-31, or 03-31 for every year.",
                "7:141 \"worth\" of purse \"c\" is \"0\". Write a whole number from 1 to 1000000.",
            ])
    }

    @Test("Mistakes of lines, each with its place and what to do", arguments: mistakesOfLines)
    func lines(text: String, expected: [String]) {
        #expect(sentences(head + "  carriers: { bus: { title: 長井バス } }\n  lines:\n    l: { title: 市内, " + text + " }\n") == expected)
    }
}

/// What follows stands from line 8 on.
private let head = small + "points:\n  purses: { points: { title: P }, tickets: { title: 回数券 } }\n"

private let mistakes: [(text: String, expected: [String])] = [
    (
        "  rules: { r: { title: 来た, purse: pionts, gives: 0 } }",
        [
            "8:12 rule \"r\" lacks \"on\". Add it, for example on: [visit]",
            "8:35 \"purse\" of rule \"r\" is \"pionts\". Write one of the purses: points, tickets. Did you mean \"points\"?",
            "8:50 \"gives\" of rule \"r\" is \"0\". Write a whole number from 1 to 1000000.",
        ]
    ),
    (
        "  rules: { r: { title: 来た, purse: points, gives: 1, on: [], at-most: {}, rates: [{ gives: 2 }] } }",
        [
            "8:57 \"on\" of rule \"r\" is a list. Write at least one, for example [visit].",
            "8:70 \"at-most\" of rule \"r\" is a mapping. Write how often in which period, for example { day: 1 }.",
            "8:82 this rate is a mapping. Write when it is given: dates: 2026-11-01..2026-11-30 or schedule: weekend.",
        ]
    ),
    (
        "  rules: { r: { title: 来た, purse: points, gives: 1, on: [visit], at-most: { day: 0, wek: 3 }, schedule: weekends } }",
        [
            "8:82 \"day\" of \"at-most\" of rule \"r\" is \"0\". Write a whole number from 1 to 100000.",
            "8:85 \"at-most\" of rule \"r\" has no setting \"wek\". Did you mean \"week\"? Known: day, week, month, year, fiscal-year, ever.",
            "8:105 \"schedule\" of rule \"r\" is \"weekends\". Write one of the schedules: none.",
        ]
    ),
    (
        "  rules: { a: { title: 来た, purse: points, gives: 1, on: [visit], after: c }, b: { title: 来た, purse: points, gives: 1, on: [visit], with: {} } }",
        [
            "8:73 \"after\" of rule \"a\" is \"c\". Write one of the rules: a, b.",
            "8:132 \"with\" of rule \"b\" lacks \"eligible\". Add it, for example eligible: child",
        ]
    ),
    (
        "  exchanges: { e: { title: 交換, take: 1, from: points, give: 1, to: points } }",
        ["8:68 \"to\" of exchange \"e\" is \"points\". Write another purse than \"from\"."]
    ),
    (
        "  exchanges: { e: { title: 交換, take: 1, from: points, give: 1, to: tickets, automatic: true }, f: { title: 交換, take: 1, from: tickets, give: 1, to: points, automatic: true } }",
        [
            "8:96 exchange \"f\" and the automatic ones above it lead from \"tickets\" back to \"tickets\". Remove automatic from one of them."
        ]
    ),
    (
        "  shops: { bakery: { title: パン, fee: 1.555% }, inn: { fee: 101% } }",
        [
            "8:38 \"fee\" of shop \"bakery\" is \"1.555%\". Write a share from 0% to 100%, such as 1.5%, with two decimals at most.",
            "8:48 shop \"inn\" lacks \"title\". Add it, for example title: パン工房",
            "8:60 \"fee\" of shop \"inn\" is \"101%\". Write a share from 0% to 100%, such as 1.5%, with two decimals at most.",
        ]
    ),
    (
        "  keep-taps-days: 0\n  rule: {}",
        [
            "8:19 \"keep-taps-days\" of \"points\" of the town is \"0\". Write a whole number from 1 to 400.",
            "9:3 \"points\" of the town has no setting \"rule\". Did you mean \"rules\"? Known: keep-taps-days, purses, rules, exchanges, shops, carriers, lines.",
        ]
    ),
]

/// What follows `l: { title: 市内, ` in line 10; it begins at column 22.
private let mistakesOfLines: [(text: String, expected: [String])] = [
    (
        "fare: 100",
        ["10:5 line \"l\" lacks \"carrier\". Add it, for example carrier: nagai-bus"]
    ),
    (
        "carrier: buss, fare: []",
        [
            "10:30 \"carrier\" of line \"l\" is \"buss\". Write one of the carriers: bus. Did you mean \"bus\"?",
            "10:42 \"fare\" of line \"l\" is a list. Write yen, as 200; from stop to stop, as { stops: [station, school], yen: [[200]] }; or by distance, as { distance: { 2km: 200, 5km: 300 } }.",
        ]
    ),
    (
        "carrier: bus, fare: { stops: [p, p], yen: [[100]] }",
        ["10:54 this stop is \"p\". Write each stop once."]
    ),
    (
        "carrier: bus, fare: 100, day-cap: 0, tickets: [tickets], stored: [tickets], alights: false, watched: [child]",
        [
            "10:55 \"day-cap\" of line \"l\" is \"0\". Write a whole number from 1 to 1000000.",
            "10:87 this purse is \"tickets\". Write another purse: this one pays the line already.",
            "10:122 \"watched\" of line \"l\" is a list. Write alights: true beside it: who is still on the bus is known where cards are held at both ends.",
        ]
    ),
    (
        "carrier: bus, fare: { stops: [p, q, r], yen: [[100], [200]] }, alights: false",
        [
            "10:74 the row of stop \"r\" has the wrong number of fares, 1. Write 2: to p, q.",
            "10:93 \"alights\" of line \"l\" is \"false\". Write true, or one fare however far: this one depends on where people get off.",
        ]
    ),
    (
        "carrier: bus, fare: { stops: [p, q, r], yen: [[100]] }",
        ["10:66 \"yen\" of \"fare\" of line \"l\" has the wrong number of rows, 1. Write 2: one for each stop after the first."]
    ),
    (
        "carrier: bus, fare: { distance: { 2km: 100, 1.5km: 200, far: 300 } }",
        [
            "10:65 the name of this distance is \"1.5km\". Write distances in order, each longer than the one before.",
            "10:77 the name of this distance is \"far\". Write a distance as 500m, 2km or 1.5km, at most 1000km.",
        ]
    ),
    (
        "carrier: bus, fare: 100, discounts: { child: 0% }, transfer: { within: 60m }",
        [
            "10:66 programme \"child\" in \"discounts\" of line \"l\" is \"0%\". Write so much less, as 50%, or a fare of its own in yen, as 100.",
            "10:72 \"transfer\" of line \"l\" lacks \"less\". Add it, for example less: 100",
        ]
    ),
]
