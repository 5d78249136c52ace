internal import CQuipuSQLite

extension Connection {
    /// Tells one state of a database from another: equal marks, read at two times, mean that nobody committed between
    /// them, neither this connection nor any other.
    public struct CommitMark: Sendable, Equatable {
        private var words: SIMD8<UInt64>

        fileprivate init(_ mark: quipu_sqlite3_commit_mark) {
            let words = mark.words
            self.words = SIMD8(words.0, words.1, words.2, words.3, words.4, words.5, 0, 0)
        }
    }

    /// The last commit; nil where that is not known now, as while somebody commits, or before anything was read. Costs
    /// no system call, unlike `PRAGMA data_version`. Of databases with a write-ahead log only.
    public func commitMark() -> CommitMark? {
        var mark = quipu_sqlite3_commit_mark()
        return quipu_sqlite3_read_commit_mark(handle, &mark) != 0 ? CommitMark(mark) : nil
    }
}
