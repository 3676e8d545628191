import Contracts
import Glibc
import Testing

@testable import Kazasu

@Suite("The shelters of a town that runs")
struct ShelterDeskTests {
    private let town: RunningTown
    private let recorder = Recorder()

    init() throws {
        town = try RunningTown(
            { port in
                """
                town: nagai
                title: 長井市
                broker: { host: localhost, port: \(port) }
                agents:
                  s01-desk:
                    readers:
                      reader-1: { device: "Virtual", place: s01, purpose: "shelter:s01" }
                shelter-desks: [headquarters, s01]
                """
            }, options: ["--no-agents"])
        #expect(town.says("ready: "), "\(town.output)")
    }

    private func run(_ words: String..., typing lines: [String] = []) -> (code: ExitCode, out: String, err: String) {
        (recorder.out, recorder.err, recorder.input) = ("", "", lines)
        let code = Kazasu(commands: Kazasu.commands, console: recorder.console()).run(["shelter"] + words + ["--town", town.town])
        return (code, recorder.out, recorder.err)
    }

    private func roster(_ shelter: String = "s01") throws -> [EvacueeBrief] {
        let said = run("roster", shelter, "--json")
        #expect(said.code == .done, "\(said)")
        return try Array(said.out.utf8).decoded()
    }

    @Test("A shelter is opened, a guest is written down, moves, goes out, is corrected, and the shelter closes when the last has left")
    func day() throws {
        #expect(run("list").out.hasPrefix("no shelter is known yet"))
        #expect(run("open", "s01").err.contains("There is no shelter s01"))
        #expect(run("add", "s01", "第一中学校", "--day", "2", "--position", "38.1075,140.0408", "--designated", "指定避難所").code == .done)
        #expect(run("add", "s02", "公民館").code == .done)
        #expect(run("add", "s01", "--feature", "pets").out == "described: s01 第一中学校\n")
        for shelter in ["s01", "s02"] { #expect(run("open", shelter).out.contains(": open")) }
        let listed = run("list", "--lang", "ja").out.split(separator: "\n")
        #expect(listed.count == 3 && listed[1].contains("第一中学校  開設中  0/2"), "\(listed)")
        #expect(run("list", "--json").out.contains(#""gridSquare":"57401023""#))

        let guest = run("guest", "s01", "--kind", "車中泊", "--json", typing: ["氏名: 山田はな", "age: ７２", "町内: x"])
        #expect(guest.code == .refused && guest.err.contains("there is no field"))
        let written = run("guest", "s01", "--kind", "night", typing: ["氏名: 山田はな", "ふりがな: やまだはな", "age: 72歳"])
        #expect(written.code == .done && written.out.hasPrefix("written down: 山田はな (やまだはな), 72, g-"), "\(written)")
        let who = try #require(try roster().first)
        #expect(who.name == "山田はな" && who.kind == .night && who.came != nil && who.presence == .here)
        let id = "\(who.who)"
        #expect(run("move", "s02", "--guest", id).out.contains("here at s02") && recorder.out.contains("from s01"))
        #expect(try roster().isEmpty && roster("s02").count == 1)
        #expect(run("out", "s02", "--guest", id).out.contains("temporarily out at s02"))
        #expect(run("guest-edit", id, typing: ["age: 73"]).out.contains(", 73, "))

        // The move was a mistake: struck, she never left; restored, she has.
        let page = run("show", id, "--json").out
        let history = try Array(page.utf8).decoded(as: EvacueePage.self).history
        #expect(history.map(\.step) == [.away, .in, .in])
        let note = history[1].note.description
        #expect(run("correct", note, "--because", "誤り").out.contains("now here at s01"))
        #expect(run("show", id, "--lang", "ja").out.contains("取消済"))
        #expect(run("correct", note, "--because", "mistake", "--restore").out.contains("temporarily out at s02"))

        #expect(run("close", "s02").out.contains("closing") && recorder.err.contains("kazasu shelter roster s02"))
        #expect(run("check-out", "s02", "--guest", id).out.contains("left s02"))
        #expect(eventually { run("status", "s02").out.contains("closed") })
        #expect(run("check-in", "s01").code == .usage)
        #expect(run("out", "s02", "--guest", id).out.hasPrefix("noted, changes nothing: 山田はな"), "\(recorder.out)")
        #expect(run("check-in", "s01", "--person", "p-aaaaaaaaaaaaaaaa").err.contains("nothing is known here of p-aaaaaaaaaaaaaaaa"))
    }

    @Test(
        "Paper is entered once, however often it is given; a name that is here already is asked about; a correction on paper changes the books"
    )
    func paper() throws {
        #expect(run("add", "s01", "第一中学校").code == .done && run("open", "s01").code == .done)
        let path = town.scratch.path + "/forms.csv"
        let day = (Console.live.now() - .seconds(86_400)).day(.japan)
        func forms(_ lines: String...) { write((["用紙,行,動き,日時,氏名,ふりがな,性別,年齢,滞在区分,番号"] + lines).joined(separator: "\r\n"), to: path) }
        forms("f-1,1,入,\(day) 10:00,山田はな,やまだはな,女,72,泊,", "f-1,2,入,\(day) 10:05,佐藤一郎,,男,40,車,", "f-1,3,退,\(day) 18:00,佐藤一郎,,,,,")
        let trial = run("paper", "s01", path)
        #expect(trial.code == .done && trial.out.hasSuffix("2 new, 1 entered\n") && trial.err.contains("--enter"), "\(trial)")
        #expect(try roster().isEmpty)
        #expect(run("paper", "s01", path, "--enter").out.hasSuffix("2 new, 1 entered\n"), "\(recorder.err)")
        let once = try roster()
        #expect(once.map(\.name) == ["山田はな"] && once[0].came == Instant(rfc3339: "\(day)T10:00:00+09:00"))
        let again = run("paper", "s01", path, "--enter")
        #expect(again.code == .done && again.out == "3 same\n", "\(again)")
        #expect(try roster() == once)

        forms("f-1,1,入,\(day) 10:00,山田花,,,,,", "f-2,1,入,\(day) 11:00,山田花,,,,,", "f-2,2,退,\(day) 12:00,だれか,,,,,")
        let other = run("paper", "s01", path, "--enter")
        #expect(other.code == .refused && other.out.contains("1 changed") && other.out.contains("2 unclear"), "\(other)")
        #expect(other.out.contains("somebody of that name is here already, g-") && other.out.contains("nobody of that name is here"))
        #expect(try roster().map(\.name) == ["山田花"])

        // What the registry does not take is told with its line, and the others are entered.
        forms("f-3,1,入,2020-01-01 10:00,長井一,,,,,", "f-3,2,外,\(day) 13:00,,,,,,g-aaaaaaaaaaaaaaaa", "f-3,3,外,\(day) 13:00,山田花,,,,,")
        let mixed = run("paper", "s01", path, "--enter")
        #expect(mixed.code == .refused && mixed.out.hasSuffix("1 entered, 2 unclear\n"), "\(mixed)")
        #expect(mixed.out.contains("last 31 days") && mixed.out.contains("There is no guest g-aaaaaaaaaaaaaaaa"))
        #expect(try roster().map(\.presence) == [.away])
    }

    @Test("The national list is taken over once; a roster and a map are files of the right kind; a rehearsal leaves real rosters alone")
    func files() throws {
        let path = town.scratch.path + "/list.csv"
        write("ID,名称,所在地_連結表記,緯度,経度,災害種別_洪水,指定避難所との重複,想定収容人数\r\n1,第一中学校,山形県長井市,38.1075,140.0408,1,1,60\r\n2,公民館,山形県長井市,,,1,,\r\n", to: path)
        #expect(run("import", path).out.hasSuffix("2 new\n") && run("list").out.hasPrefix("no shelter"))
        #expect(run("import", path, "--complete", "--apply").out.hasSuffix("2 new\n") && run("import", path, "--apply").out == "2 same\n")

        #expect(run("open", "s01", "--drill").out.contains("a drill until"))
        #expect(run("guest", "s01", typing: ["name: 訓練 太郎"]).out.contains("drill"))
        #expect(try roster().isEmpty)
        #expect(run("roster", "s01", "--drill", "--lang", "ja").out.contains("訓練 太郎"))
        let folder = town.scratch.path + "/"
        let sheet = run("roster", "s01", "--drill", "--csv", folder, "--encoding", "cp932")
        let file = String(sheet.out.dropFirst("written: ".count).prefix { $0 != "," })
        #expect(try file.hasPrefix("\(folder)s01-") && readWhole(file).starts(with: [0x8E, 0x81, 0x96, 0xBC]), "氏名 in CP932: \(sheet)")
        #expect(
            run("print", "roster", "s01", "--drill", "-o", folder + "r.html").code == .done && read(folder + "r.html").contains("訓練 太郎"))
        #expect(run("print", "form", "s01", "-o", folder + "r.html").err.contains("exists"), "nothing is written over")

        let map = folder + "map.geojson"
        #expect(run("geojson", "-o", map).code == .done && run("geojson", "-o", map).code == .done)
        var status = stat()
        #expect(stat(map, &status) == 0 && status.st_mode & 0o777 == 0o644 && stat(file, &status) == 0 && status.st_mode & 0o777 == 0o600)
        #expect(read(map).contains(#""drill":true"#) && !read(map).contains("太郎"))
    }

    @Test("Of a household staff choose by numbers")
    func choices() throws {
        #expect(try choice("1 3", of: ["a", "b", "c"]) == ["a", "c"] && choice("2、3", of: ["a", "b", "c"]) == ["b", "c"])
        #expect(try choice("", of: ["a"]) == [] && choice("全員", of: ["a", "b"]) == ["a", "b"])
        #expect(throws: Failure.self) { try choice("1 4", of: ["a", "b", "c"]) }
    }
}
