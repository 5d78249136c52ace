/// How far a long piece of work is: an import, an export, a check, a compaction, the making of an index.
///
///     let report = try archive.verify { print($0.items, $0.fraction ?? 0) }
public struct WorkProgress: Sendable, Equatable {
    /// What is done so far: articles read, records written or indexed, transactions checked, texts looked at.
    public let items: Int
    /// Which part of the work that is, from 0 to 1; nil if nobody knows how much there is.
    public let fraction: Double?

    package init(items: Int, fraction: Double?) {
        self.items = items
        self.fraction = fraction.map { min(max($0, 0), 1) }
    }
}
