internal import QuipuCausality

/// Another process has appended to the log since its state was read: nothing was added.
struct ConcurrentAppendError: Error {}

/// This process's copy of an archive holds something that the database's log does not begin with.
struct DivergedCopyError: Error {}

/// The log in the database is not what was written to it.
struct LogDamage: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}

/// The database counts a part of a content that it does not have.
struct BlobDamage: Error {
    let hash: BlobHash
    let part: UInt64
}
