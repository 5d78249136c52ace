internal import QuipuCausality
internal import QuipuSQLite

// Writing texts that stand by themselves: compressed, where that pays (`CompressedText`), once the record that showed them
// is written with what it shows now. Until then they wait in `unwrittenTexts`.
extension Writer {
    /// Versions with the same value that are looked at for what stands on it; of more, nothing may stand on it any longer.
    private static let maximumPlaces = 256

    /// Takes a text that no record shows, unless it is here already.
    func keep(_ text: [UInt8], of hash: ValueHash) throws {
        if try !archive.texts.holdsHidden(hash) { archive.unwrittenTexts[hash] = text }
    }

    /// Notes which texts can be compressed on that of a version that has come: those of what it replaced.
    ///
    /// - Parameters:
    ///   - version: the one that came; nil where a text came for versions that were here.
    ///   - incoming: the text that came.
    ///   - shown: the text that the field shows now.
    func noteSuccessor(
        _ version: VersionKey?, in versions: FieldVersions, incoming: (hash: ValueHash, text: [UInt8])?,
        shown: [UInt8]?
    ) {
        // What is purged is not to depend on anything.
        if versions.isPurged { return }
        guard let version else {
            guard let incoming else { return }
            for head in versions.heads where head.value == incoming.hash {
                noteSuccessor(head, in: versions, text: incoming.text)
            }
            return
        }
        guard let successor = versions[version] else { return }
        if let incoming, incoming.hash == successor.value {
            noteSuccessor(successor, in: versions, text: incoming.text)
        } else if let shown, versions.visible?.value == successor.value {
            noteSuccessor(successor, in: versions, text: shown)
        }
    }

    private func noteSuccessor(_ successor: Version, in versions: FieldVersions, text: [UInt8]) {
        guard CompressedText.isSuitable(text) else { return }
        for key in successor.replaces {
            guard let replaced = versions[key]?.value, replaced != successor.value,
                !versions.hasHead(of: replaced)
            else { continue }
            successorTexts[replaced] = (successor.value, text)
        }
    }

    /// Writes the texts that wait, and compresses those that were written before they were superseded.
    func writeOldTexts() throws {
        if archive.unwrittenTexts.isEmpty, successorTexts.isEmpty { return }
        let successors = successorTexts
        successorTexts = [:]
        for hash in Set(successors.keys).union(archive.unwrittenTexts.keys).sorted() {
            if let text = archive.unwrittenTexts[hash] {
                let compressed = try compressed(text, of: hash, on: successors[hash])
                try database.run(
                    "INSERT OR IGNORE INTO text (hash, json) VALUES (?, ?)", .blob(hash.bytes),
                    .utf8(compressed?.form ?? text))
                archive.unwrittenTexts[hash] = nil
            } else if let successor = successors[hash] {
                try compressAgain(hash, on: successor)
            }
        }
    }

    /// Makes a compressed text whole; any other is left as it is.
    func expand(_ hash: ValueHash) throws {
        guard try archive.texts.isCompressed(hash) else { return }
        let text = try archive.texts.expanded(hash, &archive.provenTexts)
        try write(text, of: hash)
    }

    /// Makes every text whole that stands on one which is about to be dropped.
    func detach(from hash: ValueHash) throws {
        // What a record shows stays readable.
        if try archive.texts.shown(hash) != nil { return }
        try forEachCompressed(on: hash, places: .max) { dependent, _ in try expand(dependent) }
    }

    private func write(_ json: [UInt8], of hash: ValueHash) throws {
        try database.run("UPDATE text SET json = ? WHERE hash = ?", .utf8(json), .blob(hash.bytes))
    }

    /// - Returns: nil where the text is to be whole.
    private func compressed(
        _ text: [UInt8], of hash: ValueHash, on successor: (hash: ValueHash, text: [UInt8])?
    ) throws -> CompressedText? {
        guard !keepsTextsWhole, CompressedText.isSuitable(text), try !isHiddenHead(hash) else { return nil }
        let height = try height(over: hash)
        if let successor,
            let found = try compressed(text, of: hash, on: successor, height: height)
        {
            return found
        }
        return CompressedText(of: text, on: nil, height: height)
    }

    /// - Returns: nil where it cannot stand on its successor, or that does not pay.
    private func compressed(
        _ text: [UInt8], of hash: ValueHash, on successor: (hash: ValueHash, text: [UInt8]), height: Int
    ) throws -> CompressedText? {
        // The successor is one of the chain too, once it is superseded.
        guard successor.hash != hash, height < CompressedText.maximumDepth - 1,
            CompressedText.isSuitable(successor.text), try !archive.texts.isCompressed(successor.hash)
        else { return nil }
        return CompressedText(of: text, on: successor, height: height)
    }

    /// Compresses a text that is whole, or has no base, on its successor.
    private func compressAgain(_ hash: ValueHash, on successor: (hash: ValueHash, text: [UInt8])) throws {
        guard let json = try database.bytes("SELECT json FROM text WHERE hash = ?", .blob(hash.bytes)) else {
            return
        }
        var found: CompressedText?
        if !CompressedText.isForm(json) {
            found = try compressed(json, of: hash, on: successor)
        } else if let head = CompressedText.Head(json), head.base == nil {
            found = try compressed(
                try archive.texts.expanded(hash, &archive.provenTexts), of: hash, on: successor,
                height: head.height
            )
        }
        if let form = found?.form, form.count < json.count { try write(form, of: hash) }
    }

    /// Whether a value is that of a head which its record does not show.
    private func isHiddenHead(_ hash: ValueHash) throws -> Bool {
        try database.integer(
            "SELECT EXISTS (SELECT 1 FROM version WHERE value = ? AND flags & 12 = 4)", .blob(hash.bytes))
            == 1
    }

    /// How many texts stand on one, each on the next.
    private func height(over hash: ValueHash) throws -> Int {
        var height = 0
        let isComplete = try forEachCompressed(on: hash, places: Self.maximumPlaces) { _, head in
            height = max(height, head.height + 1)
        }
        return isComplete ? height : CompressedText.maximumDepth - 1
    }

    /// Visits the texts that stand on one. They are those of values that one with its value replaced.
    ///
    /// - Parameter places: versions that are looked at.
    /// - Returns: false where there are more.
    @discardableResult
    private func forEachCompressed(
        on hash: ValueHash, places: Int, _ visit: (ValueHash, CompressedText.Head) throws -> Void
    ) throws -> Bool {
        var replaced: [(record: Int64, field: Int64, position: Int64, keys: [UInt8])] = []
        var count = 0
        do {
            var rows = try database.rows(
                """
                SELECT record, field, position, replaces
                FROM version
                WHERE value = ? AND replaces != x''
                """, .blob(hash.bytes))
            while try rows.next() {
                let keys = rows.bytes(3)
                count += keys.count / VersionKey.size
                if count > places { return false }
                replaced.append((rows.integer(0), rows.integer(1), rows.integer(2), keys))
            }
        }
        var observed: Set<ValueHash> = []
        for place in replaced {
            for start in stride(from: 0, to: place.keys.count, by: VersionKey.size) {
                // What is replaced comes before, and mostly just before.
                let value = try database.bytes(
                    """
                    SELECT value
                    FROM version
                    WHERE record = ? AND field = ? AND position < ? AND key = ?
                    ORDER BY position DESC
                    LIMIT 1
                    """, .integer(place.record), .integer(place.field), .integer(place.position),
                    .blob(Array(place.keys[start..<min(start + VersionKey.size, place.keys.count)])))
                guard let value = value.flatMap({ ValueHash(bytes: $0) }), observed.insert(value).inserted,
                    let head = try archive.texts.compressedHead(value), head.base == hash
                else { continue }
                try visit(value, head)
            }
        }
        return true
    }
}

// What a purge needs of texts that stand on others.
extension Writer {
    /// Takes a field's texts out of all chains before these are forgotten: what another field has too is made whole, and
    /// the rest, which must be forgotten, is dropped at once.
    func dissolveChains(of versions: FieldVersions, row field: Int64, in record: RecordState) throws {
        var compressed: [ValueHash] = []
        for value in Set(versions.versions.map(\.value)).sorted() where try archive.texts.isCompressed(value)
        {
            compressed.append(value)
        }
        var shared: Set<ValueHash> = []
        for value in compressed where try isUsed(value, apartFrom: record.row, field) {
            try expand(value)
            shared.insert(value)
        }
        for value in compressed where !shared.contains(value) {
            try database.run("DELETE FROM text WHERE hash = ?", .blob(value.bytes))
        }
    }

    private func isUsed(_ value: ValueHash, apartFrom record: Int64, _ field: Int64) throws -> Bool {
        try database.integer(
            "SELECT EXISTS (SELECT 1 FROM version WHERE value = ? AND (record != ? OR field != ?))",
            .blob(value.bytes), .integer(record), .integer(field)) == 1
    }
}
