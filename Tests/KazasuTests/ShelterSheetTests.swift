import Contracts
import Sheets
import Testing

@testable import Kazasu

@Suite("The national lists of shelters")
struct ShelterSheetTests {
    /// 自治体標準オープンデータセット, as towns fill it in.
    private static let standard = """
        全国地方公共団体コード,ID,名称,名称_カナ,所在地_連結表記,緯度,経度,災害種別_洪水,災害種別_崖崩れ、土石流及び地滑り,災害種別_高潮,災害種別_地震,災害種別_津波,災害種別_大規模な火事,災害種別_内水氾濫,災害種別_火山現象,指定避難所との重複,想定収容人数,対象となる町会・自治会,備考
        062090,1,長井小学校,ナガイショウガッコウ,山形県長井市ままの上5-1,38.1075,140.0408,1,,,1,,○,,,1,"1,200",本町,
        062090,2,あやめ公園,アヤメコウエン,山形県長井市横町,38.1103,140.0361,,,,1,,,,,,,,
        """
    /// 国土地理院, a file of a prefecture.
    private static let survey = """
        NO,共通ID,都道府県名及び市町村名,施設・場所名,住所,指定緊急避難場所との住所同一,その他市町村長が必要と認める事項,受入対象者,緯度,経度,備考
        1,E0620900001111,山形県長井市,長井小学校,山形県長井市ままの上5-1,1,,,38.1075,140.0408,
        2,E0620900002111,山形県長井市,平野コミュニティセンター,山形県長井市九野本,,,,38.09,140.02,
        3,E0620100001111,山形県山形市,第一小学校,山形県山形市本町,,,,38.25,140.33,
        """

    private let words = PlainWords(.en, try! town())

    private func sheet(_ text: String) throws -> ShelterSheet { try ShelterSheet(Array(text.utf8)) }

    @Test("The standard data set says name, place, people, hazards and designations")
    func standard() throws {
        let sheet = try sheet(Self.standard)
        #expect(sheet.designation == .emergencySite && sheet.faults.isEmpty && sheet.lines.count == 2)
        let school = try #require(sheet.lines.first)
        #expect(school.id == "s01" && school.title == "長井小学校" && school.people == 1200 && school.district == "本町")
        #expect(school.hazards == [.flood, .earthquake, .fire] && school.designations == [.emergencySite, .shelter])
        #expect(school.position == Position(lat: 38.1075, lon: 140.0408))
        #expect(sheet.lines[1].designations == [.emergencySite] && sheet.lines[1].people == nil)
    }

    @Test("A list in Shift_JIS, as a spreadsheet saves it, is the same list")
    func encoding() throws {
        let rows = Self.standard.split(separator: "\n").map {
            $0.replacing("\"1,200\"", with: "1200").split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        let bytes = try writeSheet(header: rows[0], rows: rows.dropFirst(), as: .cp932)
        #expect(try ShelterSheet(bytes).lines == sheet(Self.standard).lines)
    }

    @Test("Of a prefecture's file only one municipality is meant; common ids stay, running numbers do not name anybody")
    func prefecture() throws {
        var sheet = try sheet(Self.survey)
        #expect(sheet.designation == .shelter && sheet.municipalities == ["山形県長井市", "山形県山形市"])
        sheet.keep("山形県長井市")
        #expect(sheet.lines.map(\.id) == ["e0620900001111", "e0620900002111"])
        #expect(sheet.lines[0].designations == [.shelter, .emergencySite])
    }

    @Test("What is not understood is said with its line, all of it, and the rest is read")
    func faults() throws {
        let sheet = try sheet("ID,名称,緯度,経度,洪水,想定収容人数\n1,a,99,140,,\n2,b,38,140,多分,\n3,,38,140,,\n1,d,,,,\n1,e,,,,\nあ,f,,,,\n4,g,,,1,多数\n")
        #expect(sheet.lines.map(\.title) == ["d"])
        #expect(sheet.faults.map(\.line) == [2, 3, 4, 6, 7, 8])
        #expect(sheet.faults[3].text.hasPrefix("s01 stands on line 5 already"))
        #expect(throws: Failure.self) { try ShelterSheet(Array("名称,備考\na,b\n".utf8)) }
        let silent = #expect(throws: Failure.self) { try ShelterSheet(Array("ID,名称\n1,a\n".utf8)) }
        #expect(silent?.description.contains("--designated") == true)
        #expect(try ShelterSheet(Array("ID,名称\n1,a\n".utf8), told: .welfare).lines[0].designations == [.welfare])
    }

    @Test("The first time all is new, the second time nothing; the other national list finds the same school again by its address")
    func again() throws {
        let work = ShelterImport(words: words)
        let first = work.changes(try sheet(Self.standard), to: [], isComplete: true)
        #expect(first.map(\.what) == [.new, .new])
        let known = first.map(\.shelter)
        #expect(work.changes(try sheet(Self.standard), to: known, isComplete: true).map(\.what) == [.same, .same])
        var other = try sheet(Self.survey)
        other.keep("山形県長井市")
        let second = work.changes(other, to: known, isComplete: false)
        #expect(
            second.map(\.what) == [.same, .new] && second[0].shelter.id == "s01"
                && second[0].shelter.hazards == [.flood, .earthquake, .fire])
    }

    @Test("A change is told in words, and staff's own additions stay")
    func change() throws {
        var known = Shelter("s01", title: "長井小")
        known.address = "山形県長井市ままの上5-1"
        known.capacity = Shelter.Capacity(day: 900, night: 400)
        known.features = [.pets]
        known.designations = [.welfare]
        let changes = ShelterImport(words: words).changes(try sheet(Self.standard), to: [known], isComplete: false)
        #expect(
            changes[0].what == .changed && changes[0].sentence.contains("title 長井小 → 長井小学校; ")
                && changes[0].sentence.contains("capacity 900 → 1200"))
        #expect(changes[0].sentence.contains("designated as welfare shelter → emergency site, shelter, welfare shelter"))
        #expect(changes[0].shelter.capacity == Shelter.Capacity(day: 1200, night: 400) && changes[0].shelter.features == [.pets])
    }

    @Test("With --complete what the list does not name loses that designation alone, and stays known")
    func complete() throws {
        var known = Shelter("s09", title: "旧校舎")
        known.designations = [.emergencySite, .welfare]
        known.hazards = [.flood]
        var other = Shelter("s10", title: "公民館")
        other.designations = [.shelter]
        let changes = ShelterImport(words: words).changes(try sheet(Self.standard), to: [known, other], isComplete: true)
        #expect(changes.map(\.what) == [.new, .new, .withdrawn])
        #expect(changes[2].shelter.id == "s09" && changes[2].shelter.designations == [.welfare] && changes[2].shelter.hazards.isEmpty)
        #expect(ShelterImport(words: words).changes(try sheet(Self.standard), to: [known, other], isComplete: false).count == 2)
    }

    @Test("Every beginning of a list, and a list with any byte changed, is read or refused with a sentence")
    func bytes() {
        func read(_ bytes: [UInt8]) {
            do throws(Failure) {
                let sheet = try ShelterSheet(bytes, told: .shelter)
                #expect(sheet.faults.allSatisfy { $0.line > 0 && !$0.text.isEmpty })
            } catch { #expect(!error.description.isEmpty) }
        }
        for bytes in [Self.standard, Self.survey].map({ Array($0.utf8) }) {
            for length in stride(from: 0, through: bytes.count, by: 3) { read(Array(bytes[..<length])) }
            for place in stride(from: 0, to: bytes.count, by: 5) {
                for byte in [0, 0x22, 0x2C, 0x0A, 0xFF] as [UInt8] {
                    var changed = bytes
                    changed[place] = byte
                    read(changed)
                }
            }
        }
    }
}
