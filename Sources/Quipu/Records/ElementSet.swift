/// The elements of a field that is a set, as `tags` is. Each element is a field of its own in the archive, so that what
/// two people add is never lost, and only what is inserted or removed is written:
///
///     try t.edit(id) { $0.tags.insert("river"); $0.tags.remove("draft") }
///
/// Assigning another set writes the difference:
///
///     try t.edit(id) { $0.tags = ["river", "flood"] }
public struct ElementSet<Element: Hashable & Sendable>: Sendable, Sequence {
    private var elements: Set<Element>
    /// The changes to elements since it was read; true inserts one.
    private(set) var assigned: [Element: Bool] = [:]
    /// Which reading of a record it was made by, where that is known.
    private var reading: Reading?

    /// Tells the set that a record gave from any other that is put in its place.
    final class Reading: Sendable {}

    public init(_ elements: some Sequence<Element>) { self.elements = Set(elements) }

    init(_ elements: Set<Element>) { self.elements = elements }

    public var count: Int { elements.count }
    public var isEmpty: Bool { elements.isEmpty }
    /// Whether the set has the element.
    public func contains(_ element: Element) -> Bool { elements.contains(element) }

    /// Inserting an element that is there confirms it: a removal elsewhere before the next sync is then a conflict.
    public mutating func insert(_ element: Element) {
        elements.insert(element)
        assigned[element] = true
    }

    /// Does nothing if the element is not there.
    public mutating func remove(_ element: Element) {
        guard elements.remove(element) != nil else { return }
        assigned[element] = false
    }

    /// Begins to note changes.
    mutating func begin() -> Reading {
        let reading = Reading()
        assigned = [:]
        self.reading = reading
        return reading
    }

    /// Whether it is the set in which a reading began to note changes, with `assigned` on top of it.
    func comes(from reading: Reading) -> Bool { self.reading === reading }

    /// The same without noted changes.
    mutating func end() {
        assigned = [:]
        reading = nil
    }

    /// What makes this set of another one, and what was confirmed; true inserts an element.
    func changes(from other: Self) -> [Element: Bool] {
        var changes = assigned
        for element in elements where !other.contains(element) { changes[element] = true }
        for element in other.elements where !contains(element) { changes[element] = false }
        // Removed in another set than this one, in which it never was.
        for (element, isIn) in assigned where !isIn && !other.contains(element) { changes[element] = nil }
        return changes
    }

    public func makeIterator() -> Set<Element>.Iterator { elements.makeIterator() }
}

extension ElementSet: ExpressibleByArrayLiteral {
    public init(arrayLiteral elements: Element...) { self.init(elements) }
}

extension ElementSet: Equatable {
    public static func == (one: Self, other: Self) -> Bool { one.elements == other.elements }
}
