internal import QuipuCausality
internal import QuipuStorage

/// What the record of an attachment says of its file. Somebody else may have written it: nothing of it is more than a
/// claim, and the name is no path.
public struct AttachedFile: Sendable {
    public let name: String?
    public let mediaType: String?
    public let sizeBytes: UInt64?
    /// Whether its bytes are on this machine.
    public let isHere: Bool

    /// Nil for a record of another kind.
    init?(_ record: QuipuStorage.Record, in store: Store) throws {
        guard let attachment = Attachment(record) else { return nil }
        name = attachment.name
        mediaType = attachment.mediaType
        sizeBytes = attachment.sizeBytes
        isHere = try attachment.hash.map { try store.blobs.files.sizeBytes(of: $0) != nil } ?? false
    }
}
