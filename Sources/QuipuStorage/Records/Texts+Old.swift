internal import QuipuCausality
internal import QuipuSQLite

// Reading texts that stand by themselves: superseded values, and heads that are not shown.
extension Texts {
    /// The text of a value that the record does not show; nil when it is not held.
    /// - Throws: `StorageError.damaged` where it cannot be made from what it is kept as.
    func hidden(_ hash: ValueHash) throws -> [UInt8]? {
        if let text = archive.unwrittenTexts[hash] { return text }
        guard let json = try database.bytes("SELECT json FROM text WHERE hash = ?", .blob(hash.bytes)) else {
            return nil
        }
        return CompressedText.isForm(json) ? try expanded(hash, &archive.provenTexts) : json
    }

    /// Whether a text is stored independently of others, readable or not.
    func holdsHidden(_ hash: ValueHash) throws -> Bool {
        if archive.unwrittenTexts[hash] != nil { return true }
        return try database.integer("SELECT EXISTS (SELECT 1 FROM text WHERE hash = ?)", .blob(hash.bytes))
            == 1
    }

    /// Whether a text is stored independently, but compressed.
    func isCompressed(_ hash: ValueHash) throws -> Bool { try head(hash)?.isCompressed ?? false }

    /// What the row of a compressed text says before its frame; nil for a whole text, and where there is none.
    func compressedHead(_ hash: ValueHash) throws -> CompressedText.Head? {
        try head(hash).flatMap { CompressedText.Head($0.bytes) }
    }

    private func head(_ hash: ValueHash) throws -> (bytes: [UInt8], isCompressed: Bool)? {
        try database.bytes(
            "SELECT substr(json, 1, ?) FROM text WHERE hash = ?", .integer(CompressedText.longestHeadBytes),
            .blob(hash.bytes)
        ).map { ($0, CompressedText.isForm($0)) }
    }

    /// The text of a value that some record shows; nil when none does.
    func shown(_ hash: ValueHash) throws -> [UInt8]? {
        // Long or contested ones have rows that say which; a plain one travels with its transaction. Several records
        // may show the value, and some of them lack its text.
        var rows = try database.rows(
            "SELECT record, field FROM version WHERE value = ? AND flags & 8", .blob(hash.bytes))
        while try rows.next() {
            let record = try recordStates.record(row: rows.integer(0))
            if let text = record.fields[try interning.name(rows.integer(1), in: database)] { return text }
        }
        return nil
    }

    /// Makes a compressed text from what its chain leads to, one after the other, each held against its hash. Memory is
    /// bounded by two texts and a frame, whatever the rows say.
    ///
    /// - Parameter proven: what was expanded before, and what is now.
    /// - Throws: `StorageError.damaged`.
    func expanded(_ hash: ValueHash, _ proven: inout ProvenTexts) throws -> [UInt8] {
        var path: [ValueHash] = []
        var end: ProvenTexts.Entry?
        var next: ValueHash? = hash
        while let link = next {
            end = try proven[link] ?? whole(link, isBase: !path.isEmpty)
            if end != nil { break }
            guard let head = try compressedHead(link) else { throw unreadable(hash) }
            path.append(link)
            // A circle is longer than any chain.
            guard path.count <= CompressedText.maximumDepth else { throw unreadable(hash) }
            next = head.base
        }
        guard path.count + (end?.depth ?? 0) <= CompressedText.maximumDepth else {
            throw unreadable(hash)
        }
        for link in path.reversed() {
            let json = try database.bytes("SELECT json FROM text WHERE hash = ?", .blob(link.bytes))
            guard let text = json.flatMap({ CompressedText($0) })?.expanded(on: end?.text),
                ValueHash(of: text) == link
            else { throw unreadable(hash) }
            let depth = (end?.depth ?? 0) + 1
            proven.insert(text, of: link, depth: depth)
            end = .init(text: text, depth: depth)
        }
        guard let end else { throw unreadable(hash) }
        return end.text
    }

    /// A text that is not compressed, wherever it stands.
    /// - Parameter isBase: whether another text stands on it: then it is held against its hash.
    private func whole(_ hash: ValueHash, isBase: Bool) throws -> ProvenTexts.Entry? {
        if let text = archive.unwrittenTexts[hash] { return .init(text: text, depth: 0) }
        if let head = try head(hash) {
            if head.isCompressed { return nil }
        } else if !isBase {
            return nil
        }
        let text =
            try database.bytes("SELECT json FROM text WHERE hash = ?", .blob(hash.bytes)) ?? shown(hash)
        guard let text else { return nil }
        // What a text takes from its base may be sound in one that is not: such a base is going to be dropped.
        if isBase, text.count > CompressedText.maximumBytes || ValueHash(of: text) != hash { return nil }
        return .init(text: text, depth: 0)
    }

    private func unreadable(_ hash: ValueHash) -> StorageError {
        StorageError(
            .damaged,
            "an old text cannot be made from what it is kept as: \(database.path) (\(hash.hexadecimal))",
            remedy: Remedy(.examine))
    }
}
