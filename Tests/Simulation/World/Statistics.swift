/// What a simulation has been through, counted by name.
public struct Statistics: Sendable, Equatable {
    private var counts: [String: Int] = [:]

    public init() {}

    public mutating func add(_ name: String, _ count: Int = 1) { counts[name, default: 0] += count }

    public mutating func add(_ other: Statistics) {
        for (name, count) in other.counts { counts[name, default: 0] += count }
    }

    public subscript(name: String) -> Int { counts[name] ?? 0 }

    /// `12 crashes, 40 edits…`, by name.
    public var description: String {
        counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    }
}
