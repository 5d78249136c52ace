internal import Quipu

/// Prints records as they come, in tables of a screenful.
struct RecordListing {
    private static let batch = 50

    private let output: Output
    private let collections = CollectionTitles()
    private var table: TextTable
    private var rows = 0
    private(set) var count = 0

    init(_ output: Output) {
        self.output = output
        table = Self.table(isFirst: true)
    }

    mutating func add(_ record: Record, in snapshot: borrowing Snapshot) throws {
        count += 1
        if output.isJSON {
            let names = try collections.titles(for: record, in: snapshot)
            output.json(JSONText(members: JSONText.members(of: record, collections: names)))
            return
        }
        table.add([
            .init(record.id.handle), .init(record.kind.rawValue), .init(record.caption ?? ""),
            .init(record.tags.joined(separator: ", ")), .init(Self.state(of: record), .yellow),
        ])
        rows += 1
        if rows == Self.batch { flush() }
    }

    /// Draws what is held back.
    mutating func flush() {
        guard rows > 0 else { return }
        output.table(table)
        (table, rows) = (Self.table(isFirst: false), 0)
    }

    static func state(of record: Record) -> String {
        [
            record.isPurged ? "purged" : record.isDeleted ? "deleted" : nil,
            record.isInConflict ? "conflict" : nil,
        ].compactMap { $0 }
            .joined(separator: ", ")
    }

    private static func table(isFirst: Bool) -> TextTable {
        func title(_ text: String) -> String { isFirst ? text : "" }
        return TextTable([
            .init(title: title("HANDLE"), styles: [.cyan]), .init(title: title("KIND")),
            .init(title: title("TITLE"), canShrink: true), .init(title: title("TAGS"), canShrink: true),
            .init(title: title("STATE")),
        ])
    }
}
