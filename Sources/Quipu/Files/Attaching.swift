internal import QuipuCausality
internal import QuipuStorage

/// Adds a file to an archive and attaches it to a record.
struct Attaching {
    struct Outcome {
        let id: QuipuCausality.RecordID
        let hash: BlobHash
        let sizeBytes: UInt64
        /// Nil if the record already has this file under this name.
        let version: TransactionName?
    }

    private let store: Store
    private let record: QuipuStorage.Record
    private let author: String

    /// - Parameter record: must be neither deleted nor an attachment.
    init(to record: QuipuStorage.Record, in store: Store, author: String) {
        self.record = record
        self.store = store
        self.author = author
    }

    /// - Parameters:
    ///   - tagFields: fields that are tags of the attachment.
    ///   - progress: receives how much was copied.
    func attach(
        fileAt path: String, name: String, mediaType: String, tagFields: [String] = [],
        progress: (_ bytes: UInt64) -> Void = { _ in }
    ) throws -> Outcome {
        try store.blobs.files.withLease {
            let (hash, sizeBytes) = try store.blobs.files.add(fileAt: path, progress: progress)
            if let same = try twin(hash, named: name) {
                return Outcome(id: same.id, hash: hash, sizeBytes: sizeBytes, version: nil)
            }
            let id = QuipuCausality.RecordID.timeOrdered(store.environment)
            let changes =
                Attachment.changes(
                    name: name, mediaType: mediaType, hash: hash, sizeBytes: sizeBytes, target: record.id)
                + tagFields.map { Edit.Change(field: $0, json: Array("true".utf8)) }
            let kind = try Kinds.known.kind(named: Attachment.kind)
            for change in changes { try kind.check(field: change.field, json: change.json) }
            let edit = Edit(id: id, kind: kind.name, changes: changes)
            let outcome = try store.edit([edit], author: author)
            return Outcome(id: id, hash: hash, sizeBytes: sizeBytes, version: outcome.version)
        }
    }

    /// The same content under the same name on the same record.
    private func twin(_ hash: BlobHash, named name: String) throws -> QuipuStorage.Record? {
        try store.records.attachments(to: record.id).first {
            guard let attachment = Attachment($0) else { return false }
            return attachment.hash == hash && attachment.name == name
        }
    }
}
