/// First in, first out.
struct Queue<Element> {
    private var elements: [Element] = []
    private var first = 0

    var count: Int { elements.count - first }

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func popFirst() -> Element? {
        guard first < elements.count else { return nil }
        defer {
            first += 1
            if first > 512, first * 2 > elements.count {
                elements.removeFirst(first)
                first = 0
            }
        }
        return elements[first]
    }

    mutating func putBack(_ element: Element) {
        if first > 0 {
            first -= 1
            elements[first] = element
        } else {
            elements.insert(element, at: 0)
        }
    }
}
