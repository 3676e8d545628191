import Contracts
import Store

/// Figures as one long list, a row a cell: for spreadsheets, programs and analysts.
struct FigureExport {
    struct Row: Codable, Equatable {
        let column: String
        let month: Month
        let revision: Int
        let row: String
        let table: FigureTable.Name
        /// `nil` is withheld.
        let visits: Int?
    }

    private(set) var rows: [Row] = []

    mutating func add(_ answer: TableAnswer) {
        let table = answer.table
        for (row, cells) in zip(table.rows, table.cells) {
            for (column, cell) in zip(table.columns, cells) {
                rows.append(
                    Row(
                        column: column, month: answer.figures.month, revision: answer.figures.revision, row: row, table: table.name,
                        visits: cell))
            }
        }
    }

    static let header = ["月", "版", "表", "行", "列", "来館"]

    var sheet: [[String]] {
        rows.map {
            [
                $0.month.description, "\($0.revision)", $0.table.rawValue, $0.row, $0.column,
                $0.visits.map(String.init) ?? PlainWords.withheld,
            ]
        }
    }

    /// A database with one table and a view for each kind of table, as bytes of a SQLite file: every tool of analysts reads it, and it will be read in fifty
    /// years (SQLite is a recommended format of the Library of Congress).
    func database() throws -> [UInt8] {
        let database = try Database.inMemory()
        try database.write { (db: borrowing Transaction) throws in
            try db.run(
                """
                CREATE TABLE figure (
                    month TEXT NOT NULL, revision INTEGER NOT NULL, "table" TEXT NOT NULL, "row" TEXT NOT NULL, "column" TEXT NOT NULL, visits INTEGER,
                    PRIMARY KEY (month, "table", "row", "column")
                ) WITHOUT ROWID
                """)
            try db.run(
                "CREATE VIEW visits_by_day AS SELECT \"row\" AS house, \"column\" AS day, visits FROM figure WHERE \"table\" = 'days'")
            try db.run(
                "CREATE VIEW visits_by_hour AS SELECT month, \"row\" AS house, \"column\" AS hour, visits FROM figure WHERE \"table\" = 'hours'"
            )
            try db.run(
                "CREATE VIEW visits_by_age AS SELECT month, \"row\" AS house, \"column\" AS age, visits FROM figure WHERE \"table\" = 'ages'"
            )
            try db.run(
                "CREATE VIEW visits_by_district AS SELECT month, \"row\" AS house, \"column\" AS district, visits FROM figure WHERE \"table\" = 'districts'"
            )
            for row in rows {
                try db.run(
                    "INSERT INTO figure (month, revision, \"table\", \"row\", \"column\", visits) VALUES (?, ?, ?, ?, ?, ?)",
                    row.month.description, row.revision, row.table.rawValue, row.row, row.column, row.visits)
            }
        }
        return try database.serialized()
    }
}
