internal import QuipuCBOR
internal import QuipuCausality
internal import QuipuPostgreSQL
internal import QuipuStorage
internal import QuipuWire

/// This process's copy of an archive: a store with a prefix of the database's log, and nothing else.
///
/// Used by one thread at a time.
final class ArchiveCopy {
    let store: Store
    private let log: DatabaseLog
    /// The copy's position; during a commit, that of the commit.
    private var mark: LogMark
    private var isInCommit = false
    /// Texts that were not found when the archive had that many texts.
    private var absentTexts: (Set<ValueHash>, textCount: Int64) = ([], 0)

    /// Opens the copy in a folder, or creates one.
    /// - Throws: `DivergedCopyError` if it belongs to another archive; `StorageError` if it cannot be used.
    init(
        of log: DatabaseLog, in folder: String, state: DatabaseLog.State, environment: Environment
    ) throws {
        self.log = log
        if let place = ArchiveFolder.at(folder), let found = try Self.open(place, environment: environment) {
            store = found
            guard store.id == state.archive else { throw DivergedCopyError() }
        } else {
            store = try Store.create(
                in: folder, id: state.archive, name: log.name, environment: environment)
        }
        if let known = try store.following.resume() {
            mark = known
        } else {
            guard try store.position == 0, try store.log.branchStarts.isEmpty else {
                throw DivergedCopyError()
            }
            mark = try store.following.begin(epoch: state.epoch)
        }
    }

    /// Nil if its creation was interrupted.
    private static func open(_ place: ArchiveFolder, environment: Environment) throws -> Store? {
        do {
            return try Store(opening: place, environment: environment)
        } catch let error as StorageError where error.code == .noArchive {
            return nil
        }
    }

    /// Catches up with the log, in commits of bounded size.
    ///
    /// - Throws: `DivergedCopyError`; `LogDamage` if the log is not what was written to it.
    func follow(to state: DatabaseLog.State, on connection: Connection) throws {
        if mark != state.mark {
            do {
                try followEvents(to: state, on: connection)
            } catch let error as LogDamage {
                // The next entries do not continue this copy. The end of the copy shows which of the two is wrong.
                guard mark.position <= state.mark.position, mark.branchCount <= state.mark.branchCount,
                    try log.contains(mark, of: state, on: connection)
                else { throw DivergedCopyError() }
                throw error
            }
        }
        try takeTexts(state, on: connection)
    }

    private func followEvents(to state: DatabaseLog.State, on connection: Connection) throws {
        guard mark.position <= state.mark.position, mark.branchCount <= state.mark.branchCount else {
            throw LogDamage("it is shorter than it was")
        }
        var branchStarts = try log.branchStarts(
            after: mark.branchCount, through: state.mark.branchCount, on: connection)[...]
        while mark != state.mark {
            let due = branchStarts.prefix { $0.position == mark.position }
            branchStarts = branchStarts.dropFirst(due.count)
            let last = min(state.mark.position, branchStarts.first?.position ?? .max)
            let entries =
                mark.position < last
                ? try log.entries(after: mark.position, through: last, on: connection) : []
            guard !due.isEmpty || !entries.isEmpty else { throw LogDamage("it is shorter than it says") }
            try inOneCommit { try take(due, entries) }
        }
    }

    private func take(
        _ branchStarts: ArraySlice<DatabaseLog.BranchStart>, _ entries: [DatabaseLog.Entry]
    ) throws {
        for start in branchStarts {
            mark.pass(branchStart: start.chain)
            guard mark.hash == start.mark else {
                throw LogDamage("branch start \(mark.branchCount) was changed")
            }
        }
        do {
            try store.log.join(branchStarts: branchStarts.map(\.chain))
            var transactions: [LoggedTransaction] = []
            for entry in entries {
                mark.pass(transaction: entry.chain)
                guard mark.hash == entry.mark else {
                    throw LogDamage("position \(mark.position) was changed")
                }
                transactions.append(
                    LoggedTransaction(
                        transaction: try Transaction(encoded: entry.body), chain: entry.chain))
            }
            try store.following.follow(transactions)
        } catch let error as StorageError where error.code == .damaged || error.code == .badName {
            throw LogDamage(error.message)
        } catch let error as WireError {
            throw LogDamage("position \(mark.position) is not readable: \(error.message)")
        }
    }

    /// Runs `body` as one commit; nothing is kept if it throws.
    func inOneCommit<Result>(_ body: () throws -> Result) throws -> Result {
        let before = (mark, isInCommit)
        isInCommit = true
        defer { isInCommit = before.1 }
        do {
            let result = try store.following.inOneCommit(body)
            // If this fails, it is repeated when the copy is opened.
            if !before.1, mark != before.0 { try? store.following.note(mark) }
            return result
        } catch {
            mark = before.0
            throw error
        }
    }

    /// Fetches wanted texts from the database. Texts that are missing there are searched again when the database has
    /// more.
    private func takeTexts(_ state: DatabaseLog.State, on connection: Connection) throws {
        guard try store.texts.missingCount > 0 else { return }
        if absentTexts.textCount != state.textCount { absentTexts = ([], state.textCount) }
        guard state.textCount > 0 else { return }
        var last: ValueHash?
        while true {
            let page = try store.texts.missing(after: last, limit: 1_000)
            guard let end = page.last else { return }
            last = end
            let asked = page.filter { !absentTexts.0.contains($0) }
            if asked.isEmpty { continue }
            let held = Set(try log.textsHeld(among: asked, on: connection))
            for hash in asked where !held.contains(hash) { absentTexts.0.insert(hash) }
            for hash in asked where held.contains(hash) {
                do {
                    try store.texts.take(try log.text(hash, on: connection), of: hash)
                } catch let error as StorageError where error.code == .damaged {
                    throw LogDamage(error.message)
                }
            }
        }
    }

    /// Runs `body`, appends what it wrote to the database's log, and only then commits it here.
    ///
    /// - Parameter state: if the database's log is locked, its state in the open database transaction; otherwise the
    ///   state that this copy has caught up with, and a database transaction is begun if there is something to
    ///   append.
    /// - Returns: what `body` returns, and whether anything was appended.
    /// - Throws: `ConcurrentAppendError`, and what `body` throws; then nothing is kept, here or there.
    func commit<Result>(on connection: Connection, isLocked: Bool, _ body: (Store) throws -> Result) throws
        -> (Result, wasAdded: Bool)
    {
        let old = mark
        let known = Set(try store.log.branchStarts)
        store.placedTexts = []
        defer { store.placedTexts = nil }
        let result = try body(store)
        let (addition, new) = try addition(after: old, branchStarts: known)
        guard !addition.isEmpty else { return (result, false) }
        mark = new
        if isLocked {
            try log.append(addition, from: old, to: new, on: connection)
        } else {
            try connection.transaction { try log.append(addition, from: old, to: new, on: connection) }
        }
        return (result, true)
    }

    /// What the current commit has written. Branch starts are joined before anything is applied.
    private func addition(after old: LogMark, branchStarts known: Set<ChainHash>) throws -> (
        DatabaseLog.Addition, LogMark
    ) {
        var mark = old
        var addition = DatabaseLog.Addition()
        for chain in try store.log.branchStarts where !known.contains(chain) {
            mark.pass(branchStart: chain)
            addition.branchStarts.append(.init(chain: chain, position: old.position, mark: mark.hash))
        }
        if try store.position > old.position {
            for next in try store.following.transactions(after: old.position) {
                mark.pass(transaction: next.chain)
                addition.entries.append(
                    .init(chain: next.chain, mark: mark.hash, body: next.transaction.encoded))
            }
        }
        for hash in (store.placedTexts ?? []).sorted() {
            if let json = try store.texts.text(of: hash) { addition.texts.append((hash, json)) }
        }
        return (addition, mark)
    }
}

extension Transaction {
    fileprivate var encoded: [UInt8] {
        var writer = CBORWriter(capacityBytes: 512)
        write(to: &writer)
        return writer.bytes
    }

    fileprivate init(encoded: [UInt8]) throws {
        var reader = CBORReader(encoded[...])
        try self.init(from: &reader)
        guard reader.isAtEnd else { throw WireError(.unexpected, "something follows a transaction") }
    }
}
