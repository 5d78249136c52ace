internal import QuipuCausality
internal import QuipuStorage

/// The result of attaching a file.
package struct AttachReport: Sendable {
    /// The attachment; the existing one if the record already had this file under this name.
    package let attachment: RecordID
    /// The record that it belongs to.
    package let target: Record
    /// SHA-256 of the content, 64 hexadecimal digits.
    package let hash: String
    package let sizeBytes: UInt64
    /// Nil if nothing was written.
    package let version: Version?
}

/// What to attach.
package struct AttachRequest: Sendable {
    package let path: String
    /// What to call it.
    package var name: String
    /// As `audio/mpeg`.
    package var mediaType: String
    package var tags: [String] = []

    /// - Parameter path: the file; the name and the media type are taken from its name.
    package init(_ path: String) {
        self.path = path
        let fileName = path.split(separator: "/").last.map(String.init) ?? path
        name = fileName
        mediaType = MediaType.of(fileName: fileName)
    }

    package var hasWellFormedType: Bool { MediaType.isWellFormed(mediaType) }
}

extension Archive {
    /// Attaches a copy of a file to a record. Its record is sent with the next exchange, the file after it.
    ///
    ///     let id = try archive.attach("interview.mp3", to: article)
    ///
    /// - Parameters:
    ///   - name: what to call it; nil for the file's own name.
    ///   - mediaType: for example `audio/mpeg`; nil to guess it from the file's name.
    /// - Returns: the attachment; the existing one if the record already has this file under this name.
    /// - Throws: `unknownRecord`, `deleted`, `wrongType` for an attachment as target or a bad media type; `noSuchFile` and
    ///   `unreadable` for the file; `tooLarge`; `diskFull`.
    public func attach(
        _ path: String, to id: RecordID, name: String? = nil, mediaType: String? = nil
    ) throws(QuipuError) -> RecordID {
        try QuipuError.presenting { try attach(fileAt: path, to: id, name, mediaType, check: {}) }
    }

    /// The same on a thread of its own, until the task is cancelled: then nothing is attached, and nothing of the file is kept.
    ///
    ///     let id = try await archive.attach("interview.mp3", to: article)
    ///
    /// - Throws: also `cancelled`.
    public func attach(
        _ path: String, to id: RecordID, name: String? = nil, mediaType: String? = nil
    ) async throws(QuipuError) -> RecordID {
        try await cancellableCall("the attachment of a file") { cancellation in
            try self.attach(fileAt: path, to: id, name, mediaType, check: cancellation.check)
        }
    }

    /// Attaches what a program has in memory.
    ///
    ///     let id = try archive.attach(Array(text.utf8), named: "transcript.txt", to: article)
    ///
    /// - Parameters:
    ///   - name: what to call it.
    ///   - mediaType: for example `audio/mpeg`; nil to guess it from the name.
    /// - Returns: the attachment; the existing one if the record already has these bytes under this name.
    /// - Throws: `unknownRecord`, `deleted`, `wrongType` for an attachment as target or a bad media type; `badName` for a
    ///   bad name; `tooLarge`; `diskFull`.
    public func attach(
        _ bytes: [UInt8], named name: String, to id: RecordID, mediaType: String? = nil
    ) throws(QuipuError) -> RecordID {
        try QuipuError.presenting {
            var blocks = [bytes][...]
            return try attach(named: name, to: id, mediaType: mediaType) { blocks.popFirst() }
        }
    }

    /// Attaches what a program reads or makes block by block, as from a connection or a camera.
    ///
    ///     let id = try archive.attach(named: "interview.mp3", to: article) {
    ///         try handle.read(upToCount: 256 << 10).map { [UInt8]($0) }
    ///     }
    ///
    /// - Parameter next: returns the next bytes; nil, or none, at the end.
    /// - Throws: as the call with bytes, and what `next` throws; then nothing is attached, and nothing is kept.
    public func attach(
        named name: String, to id: RecordID, mediaType: String? = nil, _ next: () throws -> [UInt8]?
    ) throws -> RecordID {
        try QuipuError.relaying {
            try GivenText.check(line: name, as: "an attachment's name")
            return try withoutActuallyEscaping(next) { next in
                var request = AttachRequest(name)
                request.name = name
                request.mediaType = mediaType ?? request.mediaType
                return try attach(request, .blocks(next), to: id, check: {})
            }
        }
    }

    private func attach(
        fileAt path: String, to id: RecordID, _ name: String?, _ mediaType: String?,
        check: () throws -> Void
    ) throws -> RecordID {
        try GivenText.check(path: path, of: "a file to attach")
        var request = AttachRequest(path)
        request.name = name ?? request.name
        request.mediaType = mediaType ?? request.mediaType
        return try attach(request, .file(path), to: id, check: check)
    }

    /// - Parameter check: throws to end it; called after each block.
    private func attach(
        _ request: AttachRequest, _ content: Attaching.Content, to id: RecordID, check: () throws -> Void
    ) throws -> RecordID {
        guard request.hasWellFormedType, !request.name.isEmpty else {
            throw QuipuError(
                .wrongType, "an attachment has a name, and a type as audio/mpeg: '\(request.mediaType)'")
        }
        guard let report = try attach(request, content, to: [id], progress: { _ in try check() }).first else {
            throw QuipuError(.unknownRecord, "there is no record \(id)")
        }
        return report.attachment
    }

    /// The same for several records, in one transaction: the file is stored once.
    ///
    /// - Parameter progress: receives how much was copied.
    package func attach(
        _ request: AttachRequest, to ids: [RecordID], progress: (_ bytes: UInt64) -> Void
    ) throws(QuipuError) -> [AttachReport] {
        try QuipuError.presenting { try attach(request, .file(request.path), to: ids, progress: progress) }
    }

    /// - Parameter progress: if it throws, nothing is attached.
    private func attach(
        _ request: AttachRequest, _ content: Attaching.Content, to ids: [RecordID],
        progress: (_ bytes: UInt64) throws -> Void
    ) throws -> [AttachReport] {
        try QuipuError.relaying {
            try stores.with { store in
                let records = try ids.map { try Self.target($0, in: store) }
                let outcomes = try Attaching(to: records, in: store, author: author).attach(
                    content, name: request.name, mediaType: request.mediaType,
                    tagFields: request.tags.map { Fields.tagPrefix + $0 }, progress: progress)
                return zip(records, outcomes).map { record, outcome in
                    AttachReport(
                        attachment: RecordID(outcome.id, kind: Attachment.kind), target: Record(record),
                        hash: outcome.hash.hexadecimal, sizeBytes: outcome.sizeBytes,
                        version: outcome.version.map { Version($0) })
                }
            }
        }
    }

    /// A record that a file can be attached to.
    private static func target(_ id: RecordID, in store: Store) throws -> QuipuStorage.Record {
        let record = try store.known(id)
        let (name, handle) = ("\(record.kind) \(record.id.shortHandle)", record.id.shortHandle)
        guard !record.isDeleted else {
            throw QuipuError(.deleted, "\(name) is deleted", remedy: .init(Remedy(.restoreFirst, handle)))
        }
        guard record.kind != Attachment.kind else {
            throw QuipuError(
                .wrongType, "\(name) is an attachment itself", remedy: .init(Remedy(.attachToTarget, handle)))
        }
        return record
    }

    /// Reads the file of an attachment, block by block.
    ///
    ///     var bytes: [UInt8] = []
    ///     try archive.readAttachment(id) { bytes += $0 }
    ///
    /// - Throws: `textMissing` if it is on other mirrors only; `damaged` if it is not what it was when it was
    ///   attached: then discard what `body` received; and what `body` throws.
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
