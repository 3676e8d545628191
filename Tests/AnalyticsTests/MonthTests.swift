import Contracts
import Testing

/// Months, by which figures are made.
@Suite struct MonthTests {
    @Test("A month is written as ISO 8601 has it, knows its days and its neighbours")
    func months() throws {
        let december: Month = "2027-12"
        #expect(december.adding(1) == "2028-01" && december.adding(2)?.days.count == 29 && december.adding(-12) == "2026-12")
        #expect(december.description == "2027-12" && Month(of: "2027-12-31") == december)
        for text in ["2027-13", "2027-1", "2027-011"] { #expect(Month(text) == nil) }
        #expect(("9999-12" as Month).adding(1) == nil)
    }
}
