/// The kind of a record. Kinds that this version does not know are preserved.
public struct RecordKind: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public static let article = RecordKind(rawValue: "article")
    /// A remark on a passage of an article.
    public static let annotation = RecordKind(rawValue: "annotation")
    public static let note = RecordKind(rawValue: "note")
    public static let collection = RecordKind(rawValue: "collection")
    /// A file that belongs to a record.
    public static let attachment = RecordKind(rawValue: "attachment")

    public var description: String { rawValue }
}
