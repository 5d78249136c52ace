package import QuipuCausality
internal import QuipuSQLite

// A store can follow a log that is kept elsewhere: what it holds is the beginning of that log, each transaction under
// the same position, and never anything else. Transactions and branch starts are the log's events. After each stands
// a mark, a hash over all events until then: equal marks mean equal logs, whatever the transactions are called.
//
// What a follower takes from its own callers is written in one commit (`inOneCommit`), which its owner lets take
// place only once the log elsewhere has it. So it can be lost at any time, and need not be synced to the disk.
//
// How far it has come stands in `local.sqlite`, in a table that other archives do not have: `archive.sqlite` is copied
// for others as it is. It is noted after the commit, and what came since then is made up for from the log.

/// How far a store has followed a log.
package struct LogMark: Sendable, Equatable {
    package var position: Int64
    package var branchCount: Int64
    /// Over all events until there.
    package var hash: UInt128

    package init(position: Int64, branchCount: Int64, hash: UInt128) {
        self.position = position
        self.branchCount = branchCount
        self.hash = hash
    }

    package mutating func pass(transaction chain: ChainHash) {
        position += 1
        pass(0, chain)
    }

    package mutating func pass(branchStart chain: ChainHash) {
        branchCount += 1
        pass(1, chain)
    }

    private mutating func pass(_ kind: UInt8, _ chain: ChainHash) {
        var bytes = withUnsafeBytes(of: hash.bigEndian) { Array($0) }
        bytes.append(kind)
        chain.append(to: &bytes)
        hash = BLAKE2b.hash16(bytes)
    }
}

/// A transaction with its chain hash, as a log keeps it.
package struct LoggedTransaction: Sendable {
    package var transaction: Transaction
    package var chain: ChainHash

    package init(transaction: Transaction, chain: ChainHash) {
        self.transaction = transaction
        self.chain = chain
    }
}

/// How a store keeps step with a log that is kept elsewhere.
package struct Following: ArchivePart {
    let archive: OpenArchive
}

extension ArchivePart {
    var following: Following { Following(archive: archive) }
}

extension Following {
    /// Makes an empty store follow a log from its beginning. Its commits are no longer synced to the disk one by one.
    /// - Parameter epoch: the mark of the empty log.
    package func begin(epoch: UInt128) throws -> LogMark {
        let mark = LogMark(position: 0, branchCount: 0, hash: epoch)
        do {
            try relaxDurability()
            try local.database.execute(
                """
                CREATE TABLE IF NOT EXISTS followed (
                    singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
                    position INTEGER NOT NULL,
                    branch_count INTEGER NOT NULL,
                    mark BLOB NOT NULL
                ) STRICT
                """)
            try note(mark)
        } catch let error as SQLiteError {
            throw StorageError(error)
        }
        return mark
    }

    /// Goes on following from where it was.
    /// - Returns: nil where it followed nothing, or holds something else than what it followed.
    package func resume() throws -> LogMark? {
        do {
            try relaxDurability()
            guard var mark = try local.followed(), mark.position <= (try position),
                mark.branchCount == Int64(try log.branchStarts.count)
            else { return nil }
            var rows = try database.rows(
                "SELECT chain FROM log WHERE position > ? ORDER BY position", .integer(mark.position))
            while try rows.next() {
                guard let chain = ChainHash(bytes: rows.bytes(0)) else { return nil }
                mark.pass(transaction: chain)
            }
            return mark
        } catch let error as SQLiteError {
            throw StorageError(error)
        }
    }

    /// Remembers how far it has followed, once that is committed.
    package func note(_ mark: LogMark) throws {
        try local.database.run(
            "INSERT OR REPLACE INTO followed VALUES (1, ?, ?, ?)", .integer(mark.position),
            .integer(mark.branchCount), .blob(withUnsafeBytes(of: mark.hash.bigEndian) { Array($0) }))
    }

    /// A crash of the machine may take the last commits, and nothing else.
    private func relaxDurability() throws {
        try database.execute("PRAGMA synchronous = NORMAL")
        try local.database.execute("PRAGMA synchronous = NORMAL")
    }

    /// Runs `body`, in which all that is written becomes one commit at its end; none of it is kept when it throws.
    package func inOneCommit<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try database.transaction(.immediate, body)
        } catch {
            archive.forgetUncommitted()
            throw StorageError.presentable(error)
        }
    }

    /// The transactions of the log past a position, in its order.
    package func transactions(after position: Int64) throws -> [LoggedTransaction] {
        var found: [LoggedTransaction] = []
        try log.forEachTransaction(after: position) { transaction, _, _ in
            guard let chain = try log.locate(transaction.name)?.chain else {
                throw StorageError.damaged(database.path, "transaction \(transaction.name) is missing")
            }
            found.append(LoggedTransaction(transaction: transaction, chain: chain))
            return true
        }
        return found
    }

    /// Takes the next transactions of the log that it follows, all or none.
    /// - Throws: `StorageError.damaged` when one of them is not what its chain hash says.
    package func follow(_ transactions: [LoggedTransaction]) throws {
        let examiner = Examiner(of: transactions.map(\.transaction))
        try writing { writer in
            writer.isFollowing = true
            for (index, next) in transactions.enumerated() {
                let isNew: Bool
                do {
                    isNew = try writer.apply(next.transaction, examiner[index])
                } catch let error as InvalidTransaction {
                    throw StorageError.notAsLogged(next, reason: error.reason)
                } catch is HeldOtherwise {
                    throw StorageError.notAsLogged(next, reason: "there is another under its name")
                }
                guard isNew else { throw StorageError.notAsLogged(next, reason: "it is there twice") }
                guard try log.locate(next.transaction.name)?.chain == next.chain else {
                    throw StorageError.notAsLogged(next, reason: "it has another chain hash")
                }
            }
        }
    }
}

extension LocalState {
    /// Nil where nothing is followed.
    fileprivate func followed() throws -> LogMark? {
        guard
            try database.integer(
                "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'followed')") == 1
        else { return nil }
        var rows = try database.rows("SELECT position, branch_count, mark FROM followed")
        guard try rows.next(), case let mark = rows.bytes(2), mark.count == 16 else { return nil }
        return LogMark(
            position: rows.integer(0), branchCount: rows.integer(1),
            hash: mark.reduce(0) { $0 << 8 | UInt128($1) })
    }
}

extension StorageError {
    fileprivate static func notAsLogged(_ next: LoggedTransaction, reason: String) -> StorageError {
        StorageError(
            .damaged, "transaction \(next.transaction.name) of the log is not what it was: \(reason)",
            hint: "none of it was taken")
    }
}
