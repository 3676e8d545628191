import Contracts
import HTTP
import ServiceKit

extension Portal {
    /// Asks one after the other, and goes on with all answers.
    func askEach<Body: CommandBody>(
        _ questions: ArraySlice<Body>, after answers: [Body.Answer] = [], on channel: Channel<Body>, for call: Call,
        in turn: borrowing Turn,
        page: @escaping ([Body.Answer], borrowing Turn) throws -> Answer
    ) throws -> Answer {
        guard let first = questions.first else { return try page(answers, turn) }
        return try ask(first, on: channel, as: .desk, for: call, in: turn) { answer, turn in
            try askEach(questions.dropFirst(), after: answers + [answer], on: channel, for: call, in: turn, page: page)
        }
    }

    /// Asks for tables one after the other, each to its last row.
    func askTables(
        _ questions: ArraySlice<ShowTable>, after answers: [TableAnswer] = [], for call: Call, in turn: borrowing Turn,
        page: @escaping ([TableAnswer], borrowing Turn) throws -> Answer
    ) throws -> Answer {
        guard let first = questions.first else { return try page(answers, turn) }
        return try askTable(first, for: call, in: turn) { table, turn in
            try askTables(questions.dropFirst(), after: answers + [table], for: call, in: turn, page: page)
        }
    }

    private func askTable(
        _ question: ShowTable, after before: TableAnswer? = nil, for call: Call, in turn: borrowing Turn,
        page: @escaping (TableAnswer, borrowing Turn) throws -> Answer
    ) throws -> Answer {
        try ask(question, on: .showTable, as: .desk, for: call, in: turn) { answer, turn in
            var whole = before ?? answer
            if before != nil {
                whole.table.rows += answer.table.rows
                whole.table.cells += answer.table.cells
                whole.table.rowTotals += answer.table.rowTotals
            }
            guard answer.more, !answer.table.rows.isEmpty else { return try page(whole, turn) }
            // The same revision to the end, even if another one is made meanwhile.
            let next = ShowTable(question.table, question.month, revision: answer.figures.revision, after: whole.table.rows.count)
            return try askTable(next, after: whole, for: call, in: turn, page: page)
        }
    }

    /// All that is said of a month beside its tables.
    func askSummary(
        _ month: Month, after before: SummaryAnswer? = nil, for call: Call, in turn: borrowing Turn,
        page: @escaping (SummaryAnswer, borrowing Turn) throws -> Answer
    ) throws -> Answer {
        let question = ShowSummary(month, revision: before?.figures.revision, after: before?.next)
        return try ask(question, on: .showSummary, as: .desk, for: call, in: turn) { answer, turn in
            var whole = before ?? answer
            if before != nil {
                whole.summary.counts += answer.summary.counts
                whole.summary.dwell += answer.summary.dwell
                whole.summary.frequency += answer.summary.frequency
                whole.summary.received = (whole.summary.received ?? []) + (answer.summary.received ?? [])
                whole.next = answer.next
            }
            guard let next = answer.next, next != before?.next else { return try page(whole, turn) }
            return try askSummary(month, after: whole, for: call, in: turn, page: page)
        }
    }

    /// The newest revision of each month that has figures, the newest month first.
    func askMonths(
        for call: Call, in turn: borrowing Turn, page: @escaping ([FiguresOfMonth], FiguresList, borrowing Turn) throws -> Answer
    ) throws -> Answer {
        try ask(ListFigures(), on: .listFigures, as: .desk, for: call, in: turn) { list, turn in
            var newest: [Month: FiguresOfMonth] = [:]
            for figures in list.figures where figures.revision > newest[figures.month]?.revision ?? 0 { newest[figures.month] = figures }
            return try page(newest.values.sorted { $0.month > $1.month }, list, turn)
        }
    }
}
