public import QuipuCausality
internal import QuipuSQLite

/// Which attachments a sync fetches by default. All others are fetched on request.
public enum BlobPolicy: Sendable, Equatable {
    case none
    /// Those of records in these collections, by their ids.
    case collections([RecordID])
    case all
}

extension LocalState {
    func blobPolicy() throws -> BlobPolicy {
        var ids: [RecordID] = []
        var rows = try database.rows("SELECT id FROM fetched_collection ORDER BY id")
        while try rows.next() {
            let bytes = rows.bytes(0)
            if bytes.isEmpty { return .all }
            if let id = RecordID(bytes: bytes) { ids.append(id) }
        }
        return ids.isEmpty ? .none : .collections(ids)
    }

    func setBlobPolicy(_ policy: BlobPolicy) throws {
        let ids: [[UInt8]] =
            switch policy {
            case .none: []
            case .collections(let ids): ids.map(\.bytes)
            case .all: [[]]
            }
        try database.transaction(.immediate) {
            try database.run("DELETE FROM fetched_collection")
            for id in ids {
                try database.run("INSERT OR IGNORE INTO fetched_collection VALUES (?)", .blob(id))
            }
            try database.run("UPDATE remote SET blobs_position = NULL")
        }
    }

    /// Whether there is nothing to move to or from a remote, as long as the log ends at `position`.
    func areBlobsSettled(remote: String, position: Int64) throws -> Bool {
        try database.integer(
            "SELECT EXISTS (SELECT 1 FROM remote WHERE name = ? AND blobs_position = ?)", .text(remote),
            .integer(position)) == 1
    }

    /// - Parameter position: nil where something is still to be moved.
    func noteBlobs(settledAt position: Int64?, remote: String) throws {
        try database.run(
            "UPDATE remote SET blobs_position = ? WHERE name = ?", .integer(position), .text(remote))
    }

    func isConfirmed(_ hash: BlobHash, by remote: String) throws -> Bool {
        try database.integer(
            "SELECT EXISTS (SELECT 1 FROM remote_blob WHERE remote = ? AND hash = ?)", .text(remote),
            .blob(hash.bytes)) == 1
    }

    /// - Parameters:
    ///   - held: what the remote holds.
    ///   - lacking: what it does not, whatever it said before.
    func noteBlobs(held: [BlobHash], lacking: [BlobHash], remote: String) throws {
        try database.transaction(.immediate) {
            for hash in held {
                try database.run(
                    "INSERT OR IGNORE INTO remote_blob (remote, hash) SELECT name, ? FROM remote WHERE name = ?",
                    .blob(hash.bytes), .text(remote))
            }
            for hash in lacking {
                try database.run(
                    "DELETE FROM remote_blob WHERE remote = ? AND hash = ?", .text(remote), .blob(hash.bytes))
            }
        }
    }
}

/// The contents of attachments: which are needed, which are here, and what remotes hold of them.
public struct Blobs: ArchivePart {
    let archive: OpenArchive
    /// Where they are kept.
    public let files: FolderBlobs
}

extension Blobs {
    public func policy() throws -> BlobPolicy { try presented { try local.blobPolicy() } }

    public func setPolicy(_ policy: BlobPolicy) throws {
        try presented { try local.setBlobPolicy(policy) }
    }

    /// Whether there is nothing to move to or from a remote.
    public func areSettled(remote: String) throws -> Bool {
        try presented {
            try local.areBlobsSettled(remote: remote, position: position) && damaged().isEmpty
        }
    }

    /// - Parameter position: where the log ended when there was nothing left to move; nil where there is.
    public func note(settledAt position: Int64?, remote: String) throws {
        try presented { try local.noteBlobs(settledAt: position, remote: remote) }
    }

    /// Whether a remote has said that it holds a content.
    public func isConfirmed(_ hash: BlobHash, by remote: String) throws -> Bool {
        try presented { try local.isConfirmed(hash, by: remote) }
    }

    /// Remembers what a remote has said of contents.
    public func note(held: [BlobHash], lacking: [BlobHash], remote: String) throws {
        try presented { try local.noteBlobs(held: held, lacking: lacking, remote: remote) }
    }

    private func presented<Result>(_ body: () throws -> Result) throws -> Result {
        do { return try body() } catch { throw StorageError.presentable(error) }
    }
}
