import Contracts
import Testing

/// Months, by which figures are made.
@Suite struct MonthTests {
    @Test("A month is written as ISO 8601 has it, knows its days and its neighbours")
    func months() throws {
        let december: Month = "2027-12"
        #expect(december.adding(1) == "2028-01" && december.adding(2)?.days.count == 29 && december.adding(-12) == "2026-12")
        #expect(december.description == "2027-12" && Month(of: "2027-12-31") == december)
        let (none, short, last) = ("2027-13", "2027-1", "9999-12")
        #expect(Month(none) == nil && Month(short) == nil && Month(last) != nil && Month(last)?.adding(1) == nil)
    }
}
