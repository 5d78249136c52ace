internal import QuipuCausality
internal import QuipuStorage

extension Archive {
    /// Keeps a copy of a file with a record. The record of it travels with the next exchange, the file after that.
    ///
    ///     let id = try archive.attach("interview.mp3", to: article)
    ///
    /// - Parameters:
    ///   - name: what to call it; nil for the file's own name.
    ///   - mediaType: as `audio/mpeg`; nil for what the file's name says.
    /// - Returns: the attachment; the one that is there already where the record has this file under this name.
    /// - Throws: `unknownRecord`, `deleted`, `wrongType` for an attachment of an attachment or no media type; `diskFull`.
    public func attach(
        _ path: String, to id: RecordID, name: String? = nil, mediaType: String? = nil
    ) throws(QuipuError) -> RecordID {
        try QuipuError.presenting {
            let fileName = path.split(separator: "/").last.map(String.init) ?? path
            let type = mediaType ?? MediaType.of(fileName: fileName)
            guard MediaType.isWellFormed(type), name?.isEmpty != true else {
                throw QuipuError(.wrongType, "an attachment has a name, and a type as audio/mpeg: '\(type)'")
            }
            guard id.kind != .attachment else {
                throw QuipuError(.wrongType, "\(id) is an attachment itself")
            }
            return try stores.with { store in
                guard let record = try store.view(id.stored, kind: id.kind.rawValue) else {
                    throw QuipuError(.unknownRecord, "there is no record \(id)")
                }
                guard !record.isDeleted else {
                    throw QuipuError(.deleted, "\(id.kind) \(id.handle) is deleted")
                }
                let outcome = try Attaching(to: record, in: store, author: author)
                    .attach(fileAt: path, name: name ?? fileName, mediaType: type)
                return RecordID(outcome.id, kind: RecordKind.attachment.rawValue)
            }
        }
    }

    /// Reads the file of an attachment, block by block.
    ///
    /// - Throws: `textMissing` where it is on other mirrors only; `damaged` where it is not what it was when it was
    ///   attached: what `body` was given is worth nothing then; and what `body` throws.
    public func readAttachment(_ id: RecordID, _ body: ([UInt8]) throws -> Void) throws {
        try QuipuError.relaying {
            try stores.with { store in
                guard let record = try store.view(id.stored, kind: id.kind.rawValue),
                    let attachment = Attachment(record)
                else { throw QuipuError(.unknownRecord, "there is no attachment \(id)") }
                guard let hash = attachment.hash, let content = try store.blobs.files.content(of: hash) else {
                    throw QuipuError(.textMissing, "the file of \(id.handle) is not on this mirror")
                }
                guard try AttachmentContent.forEachBlock(of: content, hash, body) else {
                    throw QuipuError(
                        .damaged, "the file of \(id.handle) is not what it was when it was attached")
                }
            }
        }
    }
}
