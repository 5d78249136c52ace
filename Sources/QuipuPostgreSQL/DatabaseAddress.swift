internal import CQuipuPostgres

/// Where a database is and as whom to enter it: `postgres://USER@HOST:PORT/DATABASE?…`, as libpq reads it
/// (PostgreSQL, 34.1.1.2). What it leaves out comes from the `PG…` variables and the password file.
///
/// Not printable on purpose: it may hold a password.
public struct DatabaseAddress: Sendable {
    /// The whole URI, for libpq alone.
    let uri: String
    let password: String?

    /// Whether the address itself holds a password. One typed on a command line stands in the list of processes.
    public var hasPassword: Bool { password != nil }

    /// - Throws: `PostgreSQLError.badAddress`. It says nothing of the text: what cannot be parsed may hold a password
    ///   anywhere.
    public init(_ text: String) throws(PostgreSQLError) {
        guard text.hasPrefix("postgres://") || text.hasPrefix("postgresql://"), !text.utf8.contains(0) else {
            throw PostgreSQLError(
                code: .badAddress, message: "the address of a database begins with postgres://")
        }
        var complaint: UnsafeMutablePointer<CChar>?
        let parsed = PQconninfoParse(text, &complaint)
        // Its words quote what they complain of.
        PQfreemem(complaint)
        guard let parsed else { throw Self.unreadable }
        defer { PQconninfoFree(parsed) }
        var values: [String: String] = [:]
        var option = parsed
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { values[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        // A password with a bare @ in it would be taken for a host, and hosts are shown.
        guard !(values["host"] ?? "").contains("@") else { throw Self.unreadable }
        uri = text
        password = values["password"] ?? values["sslpassword"]
    }

    private static let unreadable = PostgreSQLError(
        code: .badAddress,
        message:
            "the address of the database cannot be read; it is written postgres://USER@HOST:PORT/DATABASE, "
            + "with % and two digits for @, :, / and % inside a name or password")

    /// Words of libpq without the password, on one line.
    func harmless(_ message: String) -> String {
        var text = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        if let password, !password.isEmpty {
            while let range = text.firstRange(of: password) { text.replaceSubrange(range, with: "…") }
        }
        return text
    }
}
