/// Everything, in as many answers as it takes.
/// - Parameter page: what comes after the last one that is known.
func everyPage<Entry>(_ page: (_ last: Entry?) throws -> (entries: [Entry], more: Bool)) throws -> [Entry] {
    var all: [Entry] = []
    var isMore = true
    while isMore {
        let (entries, more) = try page(all.last)
        all += entries
        // An answer with nothing in it has nothing after it.
        isMore = more && !entries.isEmpty
    }
    return all
}
