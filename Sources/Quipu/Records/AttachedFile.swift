internal import QuipuCausality
internal import QuipuStorage

/// The file of an attachment as its record describes it. It may come from another author: it is only a
/// claim, and the name must not be used as a path.
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
