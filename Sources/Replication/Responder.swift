internal import Causality
public import Storage
internal import Wire

/// The answering side of an exchange: takes one message, applies it, and says what the caller lacks. It
/// remembers nothing between messages.
public enum Responder {
    /// Bytes of texts in one reply, whatever the caller would like.
    public static let maximumBudgetBytes = 8 << 20

    /// - Parameters:
    ///   - request: a whole message.
    ///   - store: the archive that was asked for.
    /// - Returns: the reply's bytes.
    /// - Throws: `ReplicationError`, `StorageError`, `WireError`.
    public static func answer(_ request: consuming IncomingMessage, from store: Store) throws -> [UInt8] {
        let (caller, end) = try request.finish()
        guard caller.protocolVersion == PieceHeader.protocolVersion else {
            throw ReplicationError(
                .newerProtocol,
                "the caller speaks protocol \(caller.protocolVersion), this one \(PieceHeader.protocolVersion)",
                hint: "install the newer Quipu on both sides")
        }
        if let archive = caller.archive, archive != store.id {
            throw ReplicationError(
                .otherArchive,
                "that is another archive: here \(store.id.hexadecimal), there \(archive.hexadecimal)",
                hint: "sync with a mirror of the same archive, or clone this one to a new folder")
        }
        try Divergence.check(caller.entries, against: store)
        let callerVector = try Self.vector(toldBy: caller, agreedWith: store)

        _ = try store.apply(request.transactions, ends: end.ends)
        for part in request.texts {
            try store.addTextPart(part.bytes, of: part.hash, at: part.offset, totalBytes: part.totalBytes)
        }

        return try store.reading {
            let vector = try store.vector()
            var header = PieceHeader()
            header.archive = store.id
            header.clockMilliseconds = store.environment.nowMilliseconds()
            header.vectorHash = vector.hash
            header.digest = try store.digest
            header.position = UInt64(clamping: try store.position)
            header.missingTexts = UInt64(try store.missingTexts)
            header.wants = try store.wantedTexts(limit: PieceHeader.maximumWants).map {
                .init(hash: $0.hash, offset: UInt64($0.haveBytes))
            }
            header.needsWholeVector = callerVector == nil
            if header.vectorHash != caller.vectorHash {
                if let agreed = caller.agreed, callerVector != nil {
                    header.entries = try store.vectorEntries(changedSince: Int64(clamping: agreed.position))
                } else {
                    header.entries = vector.entries
                    header.isWholeVector = true
                }
            }
            // What the caller has just sent it need not be sent back, whatever it said of its vector.
            var held = callerVector
            for entry in end.ends where (held?.sequence(of: entry.origin) ?? 0) < entry.sequence {
                held?[entry.origin] = entry
            }
            return try OutgoingMessage.write(
                header, from: store, lacking: held, wants: caller.wants,
                budgetBytes: Int(min(caller.budgetBytes, UInt64(maximumBudgetBytes)))
            ).bytes
        }
    }

    /// The caller's vector: as it was told, or rebuilt from the last agreement and what changed since. Nil when
    /// the memory of that agreement is no longer true.
    private static func vector(toldBy caller: PieceHeader, agreedWith store: Store) throws -> Vector? {
        var vector: Vector
        if caller.isWholeVector {
            vector = Vector(caller.entries)
        } else if caller.vectorHash == Vector().hash {
            return Vector()
        } else if let agreed = caller.agreed, agreed.position <= UInt64(clamping: try store.position) {
            vector = try store.vector(at: Int64(agreed.position))
            guard vector.hash == agreed.vectorHash else { return nil }
            for entry in caller.entries { vector[entry.origin] = entry }
        } else {
            return nil
        }
        return vector.hash == caller.vectorHash ? vector : nil
    }
}

/// Whether a peer's chains are the ones that are held here.
enum Divergence {
    static func check(_ entries: [Vector.Entry], against store: Store) throws {
        for entry in entries {
            guard let held = try store.entry(of: entry.name), held.chain != entry.chain else { continue }
            throw ReplicationError(
                .diverged, "two copies of one folder wrote under the same name (\(entry.origin.hexadecimal))",
                hint:
                    "nothing is lost; keep both folders, and export the one that has less into a fresh clone")
        }
    }
}
