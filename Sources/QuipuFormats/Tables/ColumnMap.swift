internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// Which field each column of a table becomes.
struct ColumnMap {
    /// The names under which `ArticleMapping` takes them.
    let members: [String]

    /// - Throws: `unknownField`, `unknownColumn`.
    init(
        _ fieldsByName: [String: String], of columns: [String], in path: String
    ) throws(InterchangeError) {
        var members = columns
        var isMapped = [Bool](repeating: false, count: columns.count)
        var fields: Set<String> = []
        for (name, field) in fieldsByName.sorted(by: { $0.key < $1.key }) {
            guard Self.isField(field) else {
                throw InterchangeError(
                    code: .unknownField, operation: "import", path: path,
                    message: "\(name)=\(field) names no field",
                    hint: "The fields are \(Self.fields.joined(separator: ", ")), and x-NAME.")
            }
            guard
                let column = columns.firstIndex(of: name)
                    ?? columns.firstIndex(where: { FieldNames.short($0) == FieldNames.short(name) })
            else {
                throw InterchangeError(
                    code: .unknownColumn, operation: "import", path: path,
                    message: "\(name)=\(field) names no column of the table",
                    hint: "Its columns are \(columns.prefix(50).joined(separator: ", ")).")
            }
            members[column] = field
            isMapped[column] = true
            fields.insert(field)
        }
        // Another column of the field's own name is kept, and does not stand in for what was chosen.
        for (index, name) in columns.enumerated() where !isMapped[index] {
            if FieldNames.places(of: name).contains(where: { fields.contains(FieldNames.table[$0.row].field) }
            ) {
                members[index] = "x-" + name
            }
        }
        self.members = members
    }

    /// Whether an article can come of what stands under this name.
    static func makesArticle(_ name: String) -> Bool {
        !name.hasPrefix("x-")
            && FieldNames.places(of: name).contains {
                ["title", "body", "url", "doi"].contains(FieldNames.table[$0.row].field)
            }
    }

    static func unknown(_ columns: [String], in path: String) -> InterchangeError {
        let shown = columns.prefix(20).map { String($0.prefix(64)) }
        return InterchangeError(
            code: .unknownColumn, operation: "import", path: path,
            message: "none of its columns is known as a title, a text or an address: "
                + shown.joined(separator: ", ") + (columns.count > shown.count ? ", …" : ""),
            hint: "Say which one is: --map '\(shown[0])=title'.")
    }

    /// What is no field of an article, and what a column can be mapped to all the same.
    static let collections = "collections"
    static let note = "note"

    static func isAuthor(_ name: String) -> Bool {
        !name.hasPrefix("x-")
            && FieldNames.places(of: name).contains { FieldNames.table[$0.row].field == "author" }
    }

    private static let fields = FieldNames.table.map(\.field) + [collections, note]

    private static func isField(_ name: String) -> Bool {
        fields.contains(name)
            || name.hasPrefix("x-") && name.utf8.count > 2
                && name.utf8.count <= SourceLimits.maximumFieldNameBytes
    }
}
