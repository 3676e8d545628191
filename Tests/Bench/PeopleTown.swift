import Contracts
import Glibc
import ServiceKit
import Sheets

/// The town whose people are measured, and its residents: made up, the same in every run.
enum PeopleTown {
    static let persons = 50_000
    static let cards = 80_000
    static let counter: Instance = "office-1"
    static let header = ["宛名番号", "氏名", "フリガナ", "生年月日", "性別", "住所", "行政区", "世帯番号"]

    static func write(to path: String) throws {
        let text = """
            town: bench
            agents:
              gate-1:
                readers: { reader-1: { device: "Bench Reader", place: gym, purpose: "door:gym" } }
              office-1:
                readers: { reader-1: { device: "Bench Reader", place: office, purpose: enrol } }
            doors:
              gym: { title: 体育館, accepts: proved, open-for: 5s }
            desks: [office]
            registrars: [civil, tax]
            operators: [watch]
            people:
              lists:
                residents:
                  says: residents
                  columns:
                    { number: 宛名番号, name: 氏名, reading: フリガナ, born: 生年月日, sex: 性別, address: 住所, district: 行政区, household: 世帯番号 }
            """
        try Array(text.utf8).write(to: path)
    }

    /// As a spreadsheet in Japan saves it.
    static func register() throws -> [UInt8] { try writeSheet(header: header, rows: (0..<persons).map(row), as: .cp932) }

    private static func born(_ person: Int) -> CalendarDate {
        CalendarDate(year: 1925 + drawn(person, 100, 1), month: 1 + drawn(person, 12, 2), day: 1 + drawn(person, 28, 3))!
    }

    /// Two persons of five have one card, the others two.
    static func cards(of person: Int) -> Range<Int> {
        let first = person / 5 * 8 + [0, 1, 2, 4, 6][person % 5]
        return first..<first + (person % 5 < 2 ? 1 : 2)
    }

    /// Two persons in every other household, three in the others.
    static let households = persons / 5 * 2
    static func number(ofHousehold household: Int) -> String { "\(900_000 + household)" }

    private static func row(_ person: Int) -> [String] {
        let household = person / 5 * 2 + (person % 5 < 2 ? 0 : 1)
        let (family, given) = (families[drawn(household, families.count, 4)], givens[drawn(person, givens.count, 5)])
        let district = districts[drawn(household, districts.count, 6)]
        let address = "\(district)\(1 + drawn(household, 9, 7))丁目\(1 + drawn(household, 30, 8))番\(1 + drawn(household, 20, 9))号"
        return [
            "\(4_000_000 + person)", "\(family.0)　\(given.0)", "\(family.1)　\(given.1)", "\(born(person))", person % 2 == 0 ? "女" : "男",
            address,
            district, number(ofHousehold: household),
        ]
    }

    /// SplitMix64 (Steele, Lea, Flood 2014) of who and what for.
    private static func drawn(_ who: Int, _ count: Int, _ what: UInt64) -> Int {
        var mixed = (UInt64(who) &* 16 &+ what) &* 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ mixed >> 31) % UInt64(count))
    }

    private static let families = [
        ("佐藤", "サトウ"), ("鈴木", "スズキ"), ("高橋", "タカハシ"), ("田中", "タナカ"), ("伊藤", "イトウ"), ("渡辺", "ワタナベ"), ("山本", "ヤマモト"), ("中村", "ナカムラ"),
        ("小林", "コバヤシ"), ("加藤", "カトウ"), ("吉田", "ヨシダ"), ("山田", "ヤマダ"), ("佐々木", "ササキ"), ("山口", "ヤマグチ"), ("松本", "マツモト"), ("井上", "イノウエ"),
    ]
    private static let givens = [
        ("花子", "ハナコ"), ("太郎", "タロウ"), ("陽菜", "ヒナ"), ("蓮", "レン"), ("美咲", "ミサキ"), ("大翔", "ヒロト"), ("さくら", "サクラ"), ("健一", "ケンイチ"),
        ("和子", "カズコ"), ("誠", "マコト"), ("由美子", "ユミコ"), ("翔太", "ショウタ"), ("千代", "チヨ"), ("清", "キヨシ"), ("葵", "アオイ"), ("悠真", "ユウマ"),
    ]
    private static let districts = ["栄町", "本町", "館町", "清水町", "高野町", "宮", "成田", "時庭", "九野本", "寺泉"]
}

extension [UInt8] {
    func write(to path: String) throws {
        guard let file = fopen(path, "w") else { throw Fatal("\(path) cannot be written") }
        defer { fclose(file) }
        guard fwrite(self, 1, count, file) == count else { throw Fatal("\(path) cannot be written") }
    }

    init(file path: String) throws {
        guard let file = fopen(path, "r") else { throw Fatal("\(path) cannot be read") }
        defer { fclose(file) }
        self = []
        while case let byte = getc(file), byte != EOF { append(UInt8(byte)) }
    }
}
