internal import QuipuCausality
internal import QuipuStorage

/// Everything of an archive that people and programs see, as lines: equal on replicas that hold the same.
struct ArchiveView {
    let lines: [String]

    init(of store: Store) throws {
        var lines: [String] = []
        var filter = RecordFilter()
        filter.includesDeleted = true
        try store.forEachRecord(filter) { record in
            let fields = record.fields.map { "\($0.name)=\(Self.text($0.json))" }.joined(separator: " ")
            lines.append(
                "\(record.kind) \(record.id.text) \(record.isDeleted ? "deleted " : "")"
                    + "\(record.isPurged ? "purged " : "")"
                    + "\(record.isInConflict ? "contested " : "")\(record.version) \(fields)")
            return true
        }
        lines += try store.conflicts().map { conflict in
            func text(_ contender: Contender) -> String {
                "\(contender.version) \(contender.author) \(contender.timeMilliseconds)"
                    + " \(contender.field)=\(contender.json.map(Self.text) ?? "?")"
            }
            // An ancestor's text may be gone here and not there.
            let ancestor = conflict.ancestor.map(\.version.description) ?? "-"
            return
                "conflict \(conflict.kind) \(conflict.id.text) \(conflict.field) \(conflict.isDeletion)"
                + " \(text(conflict.current)) against \(conflict.others.map(text).sorted()) after \(ancestor)"
        }
        self.lines = lines.sorted()
    }

    /// Long texts are shortened; the digest covers them.
    private static func text(_ json: [UInt8]) -> String {
        json.count > 200
            ? "\(json.count) bytes" : String(decoding: json, as: UTF8.self)
    }
}
