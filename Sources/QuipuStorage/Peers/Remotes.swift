internal import QuipuSQLite

/// The replicas that this one exchanges with, as this machine remembers them.
public struct Remotes: ArchivePart {
    let archive: OpenArchive
}

extension ArchivePart {
    var remotes: Remotes { Remotes(archive: archive) }
}

extension Remotes {
    public func all() throws -> [Remote] { try local.remotes() }

    /// The remote of a name; without a name the only one, or `origin`.
    public func named(_ name: String?) throws -> Remote {
        let all = try all()
        if let name {
            if let remote = all.first(where: { $0.name == name }) { return remote }
            throw StorageError(
                .unknownRemote, "there is no remote '\(name)'",
                hint: all.isEmpty ? nil : "there are: \(all.map(\.name).joined(separator: ", "))",
                remedy: all.isEmpty ? Remedy(.addRemote, name) : nil)
        }
        if let origin = all.first(where: { $0.name == "origin" }) { return origin }
        if let only = all.first, all.count == 1 { return only }
        throw StorageError(
            .unknownRemote, all.isEmpty ? "there is no remote yet" : "there are several remotes",
            hint: all.isEmpty ? nil : "say which: \(all.map(\.name).joined(separator: ", "))",
            remedy: all.isEmpty ? Remedy(.addRemote, "origin") : nil)
    }

    /// - Parameter isInsecure: plain HTTP will do there.
    public func add(name: String, location: String, isInsecure: Bool = false) throws {
        guard ArchiveName.isValid(name) else {
            throw StorageError(
                .badName, "'\(name)' cannot be a remote's name",
                hint: "use lower-case letters, digits, - and _, at most 64")
        }
        guard try !all().contains(where: { $0.name == name }) else {
            throw StorageError(
                .remoteExists, "there is a remote '\(name)' already",
                remedy: Remedy(.removeRemote, name))
        }
        try wrapped { try local.insertRemote(name: name, location: location, isInsecure: isInsecure) }
    }

    public func remove(name: String) throws {
        let isRemoved = try wrapped { try local.deleteRemote(name: name) }
        if !isRemoved {
            _ = try named(name)
        }
    }

    /// Remembers what was agreed with a remote, and when.
    public func noteAgreement(_ agreement: Agreement?, remote name: String) throws {
        try wrapped {
            try local.noteAgreement(agreement, remote: name, nowMilliseconds: environment.nowMilliseconds())
        }
    }

    /// Plain HTTP will do there from now on.
    public func noteInsecure(remote name: String) throws {
        try wrapped { try local.noteInsecure(remote: name) }
    }

    /// Forgets what a remote was known to hold, for instance if it is to be created again.
    public func forgetAgreement(remote name: String) throws {
        try wrapped { try local.forgetAgreement(remote: name) }
    }

    /// Remembers how large a message the link to a remote has borne.
    public func notePieceBytes(_ bytes: Int, remote name: String) throws {
        try wrapped { try local.notePieceBytes(bytes, remote: name) }
    }

    /// How fast the link to a remote was when it was measured last, in bytes a second; nil if it never was.
    public func linkSpeed(remote name: String) throws -> Int? {
        try wrapped { try local.linkSpeed(remote: name) }
    }

    public func noteLinkSpeed(_ bytesPerSecond: Int, remote name: String) throws {
        try wrapped {
            try local.noteLinkSpeed(
                bytesPerSecond, remote: name, nowMilliseconds: environment.nowMilliseconds())
        }
    }

    /// Transactions that came into the log since an agreement.
    public func transactionsSince(_ agreement: Agreement?) throws -> Int {
        // Positions have no gaps.
        Int(max(0, try position - (agreement?.ownPosition ?? 0)))
    }

    /// Whether some of these came from elsewhere: a remote that was exchanged with in part may have them already.
    public func hasForeignTransactions(since agreement: Agreement?) throws -> Bool {
        let own = try local.ownEnds().compactMap { try interning.originRow($0.origin, in: database) }
        return try database.integer(
            """
            SELECT EXISTS (
                SELECT 1 FROM log WHERE position > ?1 AND origin NOT IN (SELECT value FROM json_each(?2)))
            """, .integer(agreement?.ownPosition ?? 0), .text("\(own)")) == 1
    }

    private func wrapped<Result>(_ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let error as SQLiteError { throw StorageError(error) }
    }
}
