internal import QuipuCausality
internal import QuipuStorage

/// Adds a file to an archive and attaches it to records.
struct Attaching {
    enum Content {
        /// The path of a file.
        case file(String)
        /// Nil, or no bytes, at the end.
        case blocks(() throws -> [UInt8]?)
    }

    struct Outcome {
        let id: QuipuCausality.RecordID
        let hash: BlobHash
        let sizeBytes: UInt64
        /// Nil if the record already has this file under this name.
        let version: TransactionName?
    }

    private let store: Store
    private let records: [QuipuStorage.Record]
    private let author: String

    /// - Parameter records: must be neither deleted nor attachments.
    init(to records: [QuipuStorage.Record], in store: Store, author: String) {
        self.records = records
        self.store = store
        self.author = author
    }

    /// - Parameters:
    ///   - tagFields: fields that are tags of the attachment.
    ///   - progress: receives how much was copied; if it throws, nothing is attached.
    /// - Returns: an outcome for each record, in order; what is written is one transaction.
    func attach(
        _ content: Content, name: String, mediaType: String, tagFields: [String] = [],
        progress: (_ bytes: UInt64) throws -> Void = { _ in }
    ) throws -> [Outcome] {
        try store.blobs.files.withLease {
            let files = store.blobs.files
            let (hash, sizeBytes) =
                switch content {
                case .file(let path): try files.add(fileAt: path, progress: progress)
                case .blocks(let next):
                    try files.add(named: name, progress: progress) { _ in try next() ?? [] }
                }
            let kind = try Kinds.known.kind(named: Attachment.kind)
            var edits: [Edit] = []
            // The attachment of each, and whether it is new.
            let attachments = try records.map { record in
                if let same = try twin(hash, named: name, on: record) { return (id: same.id, isNew: false) }
                let id = QuipuCausality.RecordID.timeOrdered(store.environment)
                let changes =
                    Attachment.changes(
                        name: name, mediaType: mediaType, hash: hash, sizeBytes: sizeBytes, target: record.id)
                    + tagFields.map { Edit.Change(field: $0, json: Array("true".utf8)) }
                for change in changes { try kind.check(field: change.field, json: change.json) }
                edits.append(Edit(id: id, kind: kind.name, changes: changes))
                return (id: id, isNew: true)
            }
            let version = edits.isEmpty ? nil : try store.edit(edits, author: author).version
            return attachments.map {
                Outcome(id: $0.id, hash: hash, sizeBytes: sizeBytes, version: $0.isNew ? version : nil)
            }
        }
    }

    /// The same content under the same name on the same record.
    private func twin(
        _ hash: BlobHash, named name: String, on record: QuipuStorage.Record
    ) throws -> QuipuStorage.Record? {
        try store.records.attachments(to: record.id).first {
            guard let attachment = Attachment($0) else { return false }
            return attachment.hash == hash && attachment.name == name
        }
    }
}
