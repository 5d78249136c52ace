internal import CQuipuPostgres

/// What a statement returned, kept in memory: rows and columns count from 0. Every value is in binary form.
public final class Rows {
    private let result: OpaquePointer
    public let count: Int

    init(owning result: OpaquePointer) {
        self.result = result
        count = Int(PQntuples(result))
    }

    deinit { PQclear(result) }

    /// Rows that an `INSERT`, `UPDATE` or `DELETE` touched.
    public var affectedCount: Int { Int(String(cString: PQcmdTuples(result))) ?? 0 }

    /// What was done: `COMMIT`, `ROLLBACK`, `INSERT 0 3`.
    var commandTag: String { String(cString: PQcmdStatus(result)) }

    public func isNull(_ row: Int, _ column: Int) -> Bool {
        PQgetisnull(result, Int32(row), Int32(column)) == 1
    }

    /// A `bigint`.
    /// - Throws: `unexpectedResult` for anything else.
    public func integer(_ row: Int, _ column: Int) throws(PostgreSQLError) -> Int64 {
        let bytes = value(row, column)
        guard !isNull(row, column), bytes.count == 8 else {
            throw PostgreSQLError(code: .unexpectedResult, message: "column \(column) is no bigint")
        }
        return Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
    }

    /// A `bytea`; of `NULL` nothing.
    public func bytes(_ row: Int, _ column: Int) -> [UInt8] { Array(value(row, column)) }

    /// A `text`; of `NULL` nothing.
    public func text(_ row: Int, _ column: Int) -> String {
        String(decoding: value(row, column), as: UTF8.self)
    }

    private func value(_ row: Int, _ column: Int) -> UnsafeRawBufferPointer {
        precondition((0..<count).contains(row) && (0..<Int(PQnfields(result))).contains(column))
        return UnsafeRawBufferPointer(
            start: PQgetvalue(result, Int32(row), Int32(column)),
            count: Int(PQgetlength(result, Int32(row), Int32(column))))
    }
}
