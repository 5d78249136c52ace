internal import QuipuCanonicalJSON
public import QuipuCausality

/// What a record of the kind `attachment` says of its file. It may come from another author: nothing of it is more
/// than a claim, and the name is no path.
public struct Attachment: Sendable, Equatable {
    public static let kind = "attachment"
    static let hashField = "sha256"

    public let name: String?
    public let mediaType: String?
    public let sizeBytes: UInt64?
    /// Nil where the record says none that could be one.
    public let hash: BlobHash?

    /// Nil for a record of another kind.
    public init?(_ record: Record) {
        guard record.kind == Self.kind else { return nil }
        name = record.string("name")
        mediaType = record.string("mediaType")
        sizeBytes = record["sizeBytes"].flatMap { Self.size($0) }
        hash = record[Self.hashField].flatMap { Self.hash($0) }
    }

    static func size(_ json: [UInt8]) -> UInt64? { UInt64(String(decoding: json, as: UTF8.self)) }

    static func hash(_ json: [UInt8]) -> BlobHash? { decodeString(json).flatMap { BlobHash(text: $0) } }
}
