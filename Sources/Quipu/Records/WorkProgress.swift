/// How far a long piece of work is: an import, an export, a check, a compaction, the making of an index.
///
///     let report = try archive.verify { print($0.items, $0.fraction ?? 0) }
public struct WorkProgress: Sendable, Equatable {
    /// The number of items done so far: articles read, records written or indexed, transactions checked, texts looked at.
    public let items: Int
    /// The fraction of the work that is done, from 0 to 1; nil if the total is unknown.
    public let fraction: Double?

    package init(items: Int, fraction: Double?) {
        self.items = items
        self.fraction = fraction.map { min(max($0, 0), 1) }
    }
}
