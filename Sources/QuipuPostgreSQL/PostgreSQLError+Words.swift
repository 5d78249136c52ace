extension PostgreSQLError {
    /// The server runs as it should, and does not do it as it is set up, or as full as it is: no defect of the program,
    /// and nothing that another try at once would change.
    public var isRefusal: Bool {
        if isPoolingStatements { return true }
        switch code.category {
        // Rights, resources, what an operator ended, what the system failed at, who may log in, and which database.
        case "42": return code == .insufficientPrivilege
        case "53", "58", "28", "3D": return true
        case "25": return code == .readOnlyTransaction
        case "57": return code == .queryCanceled
        case "55": return code != .lockNotAvailable
        default: return false
        }
    }

    /// A pooler stands before the database and gives each statement to any connection, so that there are no
    /// transactions.
    public var isPoolingStatements: Bool { message.contains("statement pooling") }

    /// The server's own words, without what libpq puts before them of the way there.
    public var words: String {
        for mark in ["FATAL:", "ERROR:"] {
            if let range = message.firstRange(of: mark) {
                let rest = message[range.upperBound...].drop { $0 == " " }
                return String(rest.prefix { $0 != "\n" })
            }
        }
        return String(message.prefix { $0 != "\n" })
    }

    /// What to do about a refusal; nil where the words say all there is to say.
    public var remedy: String? {
        if isPoolingStatements {
            return "the pooler works by statement; set pool_mode = session (or transaction) for this database"
        }
        switch code {
        case .insufficientPrivilege:
            return
                "let the user create a schema, or have its owner run Schema/postgres.sql and grant its tables"
        case .readOnlyTransaction:
            return "the database, or this user, may only read: connect to the primary, or set "
                + "default_transaction_read_only = off for the user"
        case .queryCanceled:
            return "a statement took longer than the database lets it: raise statement_timeout for the user"
        case .diskFull: return "make room on the database's disk"
        default: return nil
        }
    }
}
