internal import CQuipuSQLite

extension Connection {
    /// Identifies a state of a database: equal marks, read at two times, mean that nothing was committed between
    /// them, by this connection or any other.
    public struct CommitMark: Sendable, Equatable {
        private var words: SIMD8<UInt64>

        fileprivate init(_ mark: quipu_sqlite3_commit_mark) {
            let words = mark.words
            self.words = SIMD8(words.0, words.1, words.2, words.3, words.4, words.5, 0, 0)
        }
    }

    /// The last commit; nil if it is not known now, for instance during a commit, or before anything was read. Costs
    /// no system call, unlike `PRAGMA data_version`. Of databases with a write-ahead log only.
    public func commitMark() -> CommitMark? {
        var mark = quipu_sqlite3_commit_mark()
        return quipu_sqlite3_read_commit_mark(handle, &mark) != 0 ? CommitMark(mark) : nil
    }
}
