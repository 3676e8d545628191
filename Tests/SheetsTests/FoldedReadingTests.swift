import Harness
import Sheets
import Testing

@Suite("Readings of names, folded for searching")
struct FoldedReadingTests {
    @Test(
        "One form for every way of writing a reading",
        arguments: [
            ("やまだ　たろう", "ヤマダタロウ"), ("ヤマダ タロウ", "ヤマダタロウ"), ("ﾔﾏﾀﾞ ﾀﾛｳ", "ヤマダタロウ"), ("ヤマタ\u{3099}タロウ", "ヤマダタロウ"), ("ヤマタ゛タロウ", "ヤマダタロウ"),
            ("ﾊﾟﾋﾟﾌﾟﾍﾟﾎﾟ", "パピプペポ"), ("は\u{309A}", "パ"), ("ショウジ", "シヨウジ"), ("ｼﾖｳｼﾞ", "シヨウジ"), ("しょうじ", "シヨウジ"), ("ハットリ", "ハツトリ"),
            ("ヴァイオレット", "ヴアイオレツト"), ("ｳﾞ", "ヴ"), ("ゔ", "ヴ"), ("ジロー", "ジロー"), ("ｼﾞﾛｰ", "ジロー"), ("じろ－", "ジロー"), ("ジロ-", "ジロー"), ("ジロ―", "ジロー"),
            ("ジロ−", "ジロー"), ("ジョン・スミス", "ジヨンスミス"), ("ｼﾞｮﾝ･ｽﾐｽ", "ジヨンスミス"), ("いすゞ", "イスヾ"), ("いすず", "イスズ"), ("ゐ", "ヰ"), ("ヶ", "ケ"),
            ("ゕ", "カ"), ("Smith John", "SMITHJOHN"), ("ＳＭＩＴＨ　ｊｏｈｎ", "SMITHJOHN"), ("O'Brien-Smith", "OBRIENSMITH"), ("Nguyễn", "NGUYEN"),
            ("Nguye\u{302}\u{303}n", "NGUYEN"), ("Łódź", "LODZ"), ("Søren", "SOREN"), ("ジョン2", "ジヨン2"), ("３", "3"),
            ("ヅ", "ヅ"), ("ズ", "ズ"), ("ヲ", "ヲ"),
        ])
    func folded(text: String, reading: String) throws {
        let folded = try #require(foldedReading(text))
        #expect(folded.unicodeScalars.elementsEqual(reading.unicodeScalars), "\(folded)")
    }

    @Test(
        "What is no reading is none",
        arguments: [
            "", " 　", "・", "山田", "ヤマダ太郎", "゛", "ア゛", "あ\u{309A}", "\u{301}", "ア\u{301}", "Иван", "ß", "ヤマダ\n", "*", "①", "김", "\0",
            "カ\u{E000}",
        ])
    func none(text: String) { #expect(foldedReading(text) == nil) }

    @Test("Hiragana, katakana and half-width katakana of each sound are one")
    func sounds() {
        let full = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲンガギグゲゴザジズゼゾダヂヅデドバビブベボパピプペポ"
        let hira = "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをんがぎぐげござじずぜぞだぢづでどばびぶべぼぱぴぷぺぽ"
        let half = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝｶﾞｷﾞｸﾞｹﾞｺﾞｻﾞｼﾞｽﾞｾﾞｿﾞﾀﾞﾁﾞﾂﾞﾃﾞﾄﾞﾊﾞﾋﾞﾌﾞﾍﾞﾎﾞﾊﾟﾋﾟﾌﾟﾍﾟﾎﾟ"
        for text in [full, hira, half] { #expect(foldedReading(text) == full) }
        #expect(foldedReading("ァィゥェォャュョッヮヵヶ") == "アイウエオヤユヨツワカケ")
        #expect(foldedReading("ｧｨｩｪｫｬｭｮｯ") == foldedReading("ぁぃぅぇぉゃゅょっ"))
    }

    @Test("Folding what is folded changes nothing", arguments: 0..<50)
    func settled(seed: UInt64) {
        var chance = Seeded(seed)
        let ranges: [ClosedRange<UInt32>] = [
            0x20...0x17F, 0x300...0x310, 0x1E00...0x1EFF, 0x3041...0x30FF, 0x31F0...0x31FF, 0xFF00...0xFF9F,
        ]
        for _ in 0..<200 {
            var view = String.UnicodeScalarView()
            for _ in 0..<1 + chance.below(4) {
                let range = ranges[chance.below(ranges.count)]
                if let scalar = Unicode.Scalar(range.lowerBound + UInt32(chance.below(range.count))) { view.append(scalar) }
            }
            guard let once = foldedReading(String(view)) else { continue }
            #expect(foldedReading(once)?.unicodeScalars.elementsEqual(once.unicodeScalars) == true, "\(String(view).debugDescription)")
        }
    }
}
