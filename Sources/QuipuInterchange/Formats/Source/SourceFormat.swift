/// The formats that an import takes, by the names that `--format` knows them by.
public enum SourceFormat: String, Sendable, CaseIterable {
    case text
    /// JSON Lines; also one JSON array of objects.
    case jsonl
    case markdown

    public init(named name: String) throws(InterchangeError) {
        guard let format = SourceFormat(rawValue: name) else {
            throw InterchangeError(
                code: .unknownFormat, operation: "import", path: name, message: "there is no such format",
                hint: "The formats are \(SourceFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        self = format
    }
}
