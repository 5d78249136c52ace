internal import QuipuCausality
internal import QuipuStorage

/// What is shown of an attachment's file.
struct AttachmentPresence {
    let attachment: Attachment
    /// Whether its bytes are on this machine.
    let isHere: Bool

    /// Nil for a record of another kind.
    init?(_ record: Record, in store: Store) throws {
        guard let attachment = Attachment(record) else { return nil }
        self.attachment = attachment
        isHere = try attachment.hash.map { try store.blobs.files.sizeBytes(of: $0) != nil } ?? false
    }

    var members: [(String, JSONText)] { [("isHere", JSONText(isHere))] }

    /// `application/pdf, 3.4 MB, here`.
    var text: String {
        var parts: [String] = []
        if let type = attachment.mediaType { parts.append(TerminalSanitizer.line(type)) }
        if let size = attachment.sizeBytes { parts.append(SizeText.of(bytes: Int(clamping: size))) }
        parts.append(isHere ? "here" : "not here")
        return parts.joined(separator: ", ")
    }
}

/// How far a file is on its way.
enum BlobProgressText {
    static func of(_ bytes: UInt64, of total: UInt64?) -> String {
        let done = SizeText.of(bytes: Int(clamping: bytes))
        return total.map { "\(done) of \(SizeText.of(bytes: Int(clamping: $0)))" } ?? done
    }
}
