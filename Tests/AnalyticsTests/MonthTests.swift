import Contracts
import Testing

/// Months, by which figures are made.
@Suite struct MonthTests {
    @Test("A month is written as ISO 8601 has it, knows its days and its neighbours")
    func months() throws {
        let december: Month = "2027-12"
        #expect(december.adding(1) == "2028-01" && december.adding(2)?.days.count == 29 && december.adding(-12) == "2026-12")
        #expect(december.description == "2027-12" && Month(of: "2027-12-31") == december)
        #expect(["2027-13", "2027-1", "27-01", ""].allSatisfy { Month($0) == nil })
        #expect(Month(year: 9999, month: 12)?.adding(1) == nil && Month(year: 1, month: 1)?.adding(-1) == nil)
    }
}
