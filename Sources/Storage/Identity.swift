internal import CanonicalJSON
internal import Causality
internal import NaturalKeys
internal import SQLite

/// A natural key of a record: what makes two imports of one thing the same thing.
///
/// BLAKE2b-128 of its kind, sort and canonical form, salted with the archive so that ids tell nothing about
/// texts elsewhere. The form is frozen, since ids are derived from it.
struct NaturalKey: Hashable {
    let hash: UInt128

    private init(_ kind: String, _ sort: String, _ canonical: String, in archive: ArchiveID) {
        var writer = CBORWriter(capacityBytes: canonical.utf8.count + 64)
        writer.array(count: 5)
        writer.text("quipu natural key 1")
        writer.identifier(archive)
        writer.text(kind)
        writer.text(sort)
        writer.text(canonical)
        hash = BLAKE2b.hash16(writer.bytes)
    }

    /// The keys that some fields of a record make, the strongest first: canonical URL, DOI, normalised text of an
    /// article; the name of a collection; none for other kinds.
    /// - Parameter value: a field's canonical JSON.
    static func keys(
        kind: String, in archive: ArchiveID, value: (_ field: String) -> [UInt8]?
    ) -> [NaturalKey] {
        fields(of: kind).compactMap { field in
            guard let string = value(field).flatMap({ decodeString($0) }) else { return nil }
            return key(kind: kind, field: field, string: string, in: archive)
        }
    }

    static func fields(of kind: String) -> [String] {
        switch kind {
        case "article": ["url", "doi", "body"]
        case "collection": ["name"]
        default: []
        }
    }

    private static func key(kind: String, field: String, string: String, in archive: ArchiveID) -> NaturalKey?
    {
        switch field {
        case "url": return CanonicalURL.canonicalize(string).map { NaturalKey(kind, "url", $0, in: archive) }
        case "doi": return CanonicalDOI.canonicalize(string).map { NaturalKey(kind, "doi", $0, in: archive) }
        default:
            let text = NormalisedText.normalise(string)
            return text.isEmpty ? nil : NaturalKey(kind, field == "body" ? "text" : "name", text, in: archive)
        }
    }

    /// The id derived from the key: a UUIDv8 (RFC 9562, 5.8).
    var recordID: RecordID {
        let version: UInt128 = 8 << 76
        let variant: UInt128 = 2 << 62
        let mask: UInt128 = ~(0xf << 76 | 3 << 62)
        return RecordID(rawValue: hash & mask | version | variant)
    }

    /// What the index holds.
    var indexKey: Int64 { Int64(truncatingIfNeeded: hash) }
}

extension Writer {
    /// Adds the keys of what came into the log since to the index of natural keys.
    func bringIdentitiesUpToDate() throws {
        var next = try database.integer("SELECT identified_position FROM archive") ?? 0
        while next < position {
            next += 1
            for entry in try store.body(at: next).records { try identify(entry, at: next) }
        }
        try database.run("UPDATE archive SET identified_position = ?", .integer(position))
    }

    private func identify(_ entry: LogBody.Record, at position: Int64) throws {
        let record = try store.record(row: entry.row)
        let keyed = NaturalKey.fields(of: record.kind)
        if keyed.isEmpty { return }
        for field in entry.fields {
            let name = try store.interning.name(field.name, in: database)
            guard keyed.contains(name) else { continue }
            let stored = try store.versions(of: name, row: field.name, in: record).versions
            guard let version = stored.version(at: position),
                let json = try store.text(of: version, visible: stored.visible, field: name, in: record)
            else { continue }
            for key in NaturalKey.keys(kind: record.kind, in: store.id, value: { $0 == name ? json : nil }) {
                try addIdentity(key, row: entry.row)
            }
        }
    }

    func addIdentity(_ key: NaturalKey, row: Int64) throws {
        try database.run(
            "INSERT OR IGNORE INTO identity (key, record) VALUES (?, ?)",
            .integer(key.indexKey),
            .integer(row))
    }

    /// The record that has any of the keys, the strongest first; a collection only by its current name.
    func record(withAnyOf keys: [NaturalKey], kind: String) throws -> RecordState? {
        for key in keys {
            var candidates: [Int64] = []
            do {
                var rows = try database.rows(
                    "SELECT record FROM identity WHERE key = ? ORDER BY record",
                    .integer(key.indexKey))
                while try rows.next() { candidates.append(rows.integer(0)) }
            }
            var found: [RecordState] = []
            for row in candidates {
                let record = try store.record(row: row)
                guard record.kind == kind else { continue }
                if kind == "collection",
                    NaturalKey.keys(kind: kind, in: store.id, value: { record.fields[$0] }) != [key]
                {
                    continue
                }
                found.append(record)
            }
            // The same choice on every replica, whatever the order in which records came; and, where an import made
            // one of them for this key, the same when it comes again.
            if let own = found.first(where: { $0.id == key.recordID }) { return own }
            if let first = found.min(by: { $0.id < $1.id }) { return first }
        }
        return nil
    }
}
