/// Which fields of which records the transactions changed that were asked for last, by their log positions. Records that
/// came together have their twins in the same transactions, which then need to be read once.
///
/// What the log says at a position stays, but where it was rolled back.
final class ChangedFields {
    private static let capacity = 256
    private var known: [Int64: [Int64: [Int64]]] = [:]
    private var order: [Int64] = []

    /// Rows of the names of fields, by the rows of their records.
    /// - Parameter body: reads what the log says at the position.
    func at(_ position: Int64, from body: (Int64) throws -> LogBody) throws -> [Int64: [Int64]] {
        if let fields = known[position] { return fields }
        var fields: [Int64: [Int64]] = [:]
        for record in try body(position).records {
            fields[record.row, default: []] += record.fields.map(\.name)
        }
        if order.count == Self.capacity { known[order.removeFirst()] = nil }
        known[position] = fields
        order.append(position)
        return fields
    }

    func forget() {
        known = [:]
        order = []
    }
}
