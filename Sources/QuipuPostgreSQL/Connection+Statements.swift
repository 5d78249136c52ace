internal import CQuipuPostgres
internal import Glibc

extension Connection {
    /// Runs a statement and keeps what it returns.
    @discardableResult
    public func run(_ sql: StaticString, _ arguments: Argument...) throws(PostgreSQLError) -> Rows {
        try run(text: sql.description, arguments)
    }

    /// Inserts rows, as many at a time as a statement takes.
    ///
    /// - Parameters:
    ///   - start: `INSERT INTO table (column, …) VALUES`.
    ///   - rows: each with the same number of values, and none with more than `maximumArguments`.
    ///   - end: what follows the rows, such as `ON CONFLICT DO NOTHING`.
    public func insert(
        _ start: StaticString, rows: [[Argument]], _ end: StaticString = ""
    ) throws(PostgreSQLError) {
        var next = 0
        while next < rows.count {
            var batch: [[Argument]] = []
            var sizeBytes = 0
            repeat {
                sizeBytes += rows[next].reduce(0) { $0 + $1.sizeBytes }
                batch.append(rows[next])
                next += 1
            } while next < rows.count && sizeBytes < Self.maximumBatchBytes
                && (batch.count + 1) * rows[next].count <= Self.maximumArguments
            var number = 0
            let places = batch.map { row in
                "("
                    + row.map { _ in
                        number += 1
                        return "$\(number)"
                    }.joined(separator: ", ") + ")"
            }
            let text = "\(start) \(places.joined(separator: ", ")) \(end)"
            try run(text: text, batch.flatMap { $0 }, shownAs: start.description)
        }
    }

    /// The protocol counts them in 16 bits; a statement of so many is parsed in well under a millisecond.
    private static var maximumArguments: Int { 2_000 }
    private static var maximumBatchBytes: Int { 4 << 20 }

    /// Runs a script of any number of statements, without values and without results.
    public func execute(_ script: String) throws(PostgreSQLError) {
        try send(sql: script) { PQsendQuery(handle, script) }
        _ = try results(sql: script)
    }

    /// - Parameter shown: the statement in errors, where the whole is long.
    @discardableResult
    func run(text: String, _ arguments: [Argument], shownAs shown: String? = nil) throws(PostgreSQLError)
        -> Rows
    {
        let values = arguments.map(\.encoded)
        let types = arguments.map(\.typeNumber)
        let lengths = values.map { Int32(clamping: $0?.count ?? 0) }
        let formats = values.map { _ in 1 as Int32 }
        try send(sql: shown ?? text) {
            withPointers(to: values) { pointers in
                PQsendQueryParams(handle, text, Int32(values.count), types, pointers, lengths, formats, 1)
            }
        }
        return try results(sql: shown ?? text)
    }

    /// Hands a statement to libpq and waits until all of it is sent. What comes in meanwhile is taken in, or both
    /// sides might wait for each other.
    private func send(sql: String, _ start: () -> Int32) throws(PostgreSQLError) {
        guard !isBroken, start() == 1 else { throw lost(sql: sql) }
        while true {
            let left = PQflush(handle)
            if left == 0 { return }
            if left < 0 { throw lost(sql: sql) }
            guard
                wait(
                    Int16(POLLIN | POLLOUT),
                    until: Deadline(milliseconds: options.statementTimeoutMilliseconds))
            else { throw tookTooLong(sql: sql) }
            if PQconsumeInput(handle) == 0 { throw lost(sql: sql) }
        }
    }

    /// Waits for all that a statement, or a script, returns.
    /// - Returns: what the last one returned.
    private func results(sql: String) throws(PostgreSQLError) -> Rows {
        var last: Rows?
        var failure: PostgreSQLError?
        while let result = try nextResult(sql: sql) {
            switch PQresultStatus(result) {
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: last = Rows(owning: result)
            default:
                failure = failure ?? error(in: result, sql: sql)
                PQclear(result)
            }
        }
        if PQstatus(handle) == CONNECTION_BAD { isBroken = true }
        if let failure { throw failure }
        guard let last else { throw lost(sql: sql) }
        return last
    }

    private func nextResult(sql: String) throws(PostgreSQLError) -> OpaquePointer? {
        let deadline = Deadline(milliseconds: options.statementTimeoutMilliseconds)
        while PQisBusy(handle) == 1 {
            guard wait(Int16(POLLIN), until: deadline) else { throw tookTooLong(sql: sql) }
            // A server that goes down says why before it closes, so what was read is looked at first.
            if PQconsumeInput(handle) == 0, PQisBusy(handle) == 1 { throw lost(sql: sql) }
        }
        return PQgetResult(handle)
    }

    private func error(in result: OpaquePointer, sql: String) -> PostgreSQLError {
        func part(_ code: Int32) -> String? { PQresultErrorField(result, code).map { String(cString: $0) } }
        // The detail of an error tells values. The codes are macros of characters, which Swift does not import.
        guard let state = part(Int32(UInt8(ascii: "C"))) else { return lost(sql: sql) }
        let message = part(Int32(UInt8(ascii: "M"))) ?? ""
        return PostgreSQLError(
            code: .init(rawValue: state), message: address.harmless(message), sql: sql)
    }
}

extension Argument {
    /// About how much it adds to a statement.
    fileprivate var sizeBytes: Int {
        switch self {
        case .null, .integer: 8
        case .text(let text): text.utf8.count
        case .bytes(let bytes): bytes.count
        case .listOfBytes(let items): items.reduce(0) { $0 + $1.count }
        case .listOfTexts(let items): items.reduce(0) { $0 + $1.utf8.count }
        }
    }
}

/// Lends the addresses of all values at once, as C takes them; a null one for `NULL`.
private func withPointers<Result>(
    to values: [[UInt8]?], _ body: ([UnsafePointer<CChar>?]) -> Result
) -> Result {
    var sizes = 0
    for value in values { sizes += (value?.count ?? 0) + 1 }
    return withUnsafeTemporaryAllocation(byteCount: max(sizes, 1), alignment: 1) { place in
        var next = 0
        let pointers = values.map { value -> UnsafePointer<CChar>? in
            guard let value, let base = place.baseAddress else { return nil }
            let start = base + next
            place[next..<next + value.count].copyBytes(from: value)
            // An empty value too has a place of its own.
            next += value.count + 1
            return UnsafePointer(start.assumingMemoryBound(to: CChar.self))
        }
        return body(pointers)
    }
}
