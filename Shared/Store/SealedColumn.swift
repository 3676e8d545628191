/// A column a vault seals, with what is needed to seal its rows anew. The second and third byte of what is sealed are the number of its key; a newer key
/// has a higher one.
package struct SealedColumn: Sendable {
    package let index: StaticString
    package let dropIndex: StaticString
    /// What is sealed, and the row's key in one or two columns; of rows under keys before ?1, at most ?2.
    package let old: StaticString
    /// The context of a row of `old`.
    package let context: @Sendable (Row) -> String
    /// Puts ?1 into the row of the key ?2, or ?2 and ?3, which come as bytes.
    package let replace: StaticString
    /// How many rows there are under each key before ?1.
    package let count: StaticString

    package init(
        index: StaticString, dropIndex: StaticString, old: StaticString, context: @escaping @Sendable (Row) -> String,
        replace: StaticString, count: StaticString
    ) {
        (self.index, self.dropIndex, self.old, self.context) = (index, dropIndex, old, context)
        (self.replace, self.count) = (replace, count)
    }

    /// Of a row of `old`.
    package static func key(of row: Row) -> (first: [UInt8], second: [UInt8]?) { (row.blob(1), row.isNull(2) ? nil : row.blob(2)) }
}
