/// A place in a file, as editors count: lines and columns from 1, a column being one Unicode scalar, so that 長 takes one.
struct Mark: Hashable, Comparable, Sendable {
    var line = 1
    var column = 1

    static func < (a: Self, b: Self) -> Bool { (a.line, a.column) < (b.line, b.column) }
}

/// One mistake in a file: where it stands and a sentence saying what is wrong and what to do.
package struct Fault: Error, Hashable, Sendable {
    package let line: Int
    package let column: Int
    package let text: String

    init(_ mark: Mark, _ text: String) {
        line = mark.line
        column = mark.column
        self.text = text
    }

    /// `town.yaml line 41, column 9: door "gym" …`
    package func described(in path: String) -> String { "\(path) line \(line), column \(column): \(text)" }
}

/// Where everything found while reading one file is collected, so that a person mends all of it in one go.
final class Findings {
    /// Past this many the sentences are no longer kept, only counted.
    static let mostKept = 200

    private(set) var faults: [Fault] = []
    private(set) var warnings: [Fault] = []
    private(set) var faultCount = 0

    /// The sentence is not even built once enough are kept: a long file of nonsense must not take minutes to refuse.
    func fault(_ mark: Mark, _ text: @autoclosure () -> String) {
        faultCount += 1
        if faults.count < Self.mostKept { faults.append(Fault(mark, text())) }
    }

    /// What ended the reading, which is always told.
    func stopped(by fault: Fault) {
        faultCount += 1
        faults.append(fault)
    }

    func warn(_ mark: Mark, _ text: @autoclosure () -> String) {
        if warnings.count < Self.mostKept { warnings.append(Fault(mark, text())) }
    }
}

extension [Fault] {
    /// From the top of the file to its end.
    func inOrder() -> [Fault] { sorted { ($0.line, $0.column) < ($1.line, $1.column) } }
}
