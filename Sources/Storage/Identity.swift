internal import CanonicalJSON
internal import Causality
internal import NaturalKeys
internal import SQLite

/// A natural key of a record: what makes two imports of one thing the same thing. Its text form is frozen, since
/// ids are derived from it.
public struct NaturalKey: Sendable, Hashable {
    /// The kind, what sort of key it is, and its canonical form.
    let text: String

    private init(_ kind: String, _ sort: String, _ canonical: String) {
        text = "\(kind) \(sort) \(canonical)"
    }

    /// The keys that some fields of a record make, the strongest first: canonical URL, DOI, normalised text of an
    /// article; the name of a collection; none for other kinds.
    /// - Parameter value: a field's canonical JSON.
    public static func keys(kind: String, value: (_ field: String) -> [UInt8]?) -> [NaturalKey] {
        fields(of: kind).compactMap { field in
            guard let string = value(field).flatMap({ decodeString($0) }) else { return nil }
            return key(kind: kind, field: field, string: string)
        }
    }

    static func fields(of kind: String) -> [String] {
        switch kind {
        case "article": ["url", "doi", "body"]
        case "collection": ["name"]
        default: []
        }
    }

    private static func key(kind: String, field: String, string: String) -> NaturalKey? {
        switch field {
        case "url": return CanonicalURL.canonicalize(string).map { NaturalKey(kind, "url", $0) }
        case "doi": return CanonicalDOI.canonicalize(string).map { NaturalKey(kind, "doi", $0) }
        case "body":
            let text = NormalisedText.normalise(string)
            return text.isEmpty ? nil : NaturalKey(kind, "text", text)
        default:
            let text = NormalisedText.normalise(string)
            return text.isEmpty ? nil : NaturalKey(kind, "name", text)
        }
    }

    /// BLAKE2b-128 of the key, salted with the archive so that ids tell nothing about texts elsewhere.
    func hash(in archive: ArchiveID) -> UInt128 {
        var writer = CBORWriter()
        writer.array(count: 3)
        writer.text("quipu natural key 1")
        writer.identifier(archive)
        writer.text(text)
        return BLAKE2b.hash16(writer.bytes)
    }

    /// The id derived from the key: a UUIDv8 (RFC 9562, 5.8).
    func recordID(in archive: ArchiveID) -> RecordID {
        let version: UInt128 = 8 << 76
        let variant: UInt128 = 2 << 62
        let mask: UInt128 = ~(0xf << 76 | 3 << 62)
        return RecordID(rawValue: hash(in: archive) & mask | version | variant)
    }

    /// What the index holds.
    func indexKey(in archive: ArchiveID) -> Int64 { Int64(truncatingIfNeeded: hash(in: archive)) }
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
            for key in NaturalKey.keys(kind: record.kind, value: { $0 == name ? json : nil }) {
                try addIdentity(key, row: entry.row)
            }
        }
    }

    func addIdentity(_ key: NaturalKey, row: Int64) throws {
        try database.run(
            "INSERT OR IGNORE INTO identity (key, record) VALUES (?, ?)",
            .integer(key.indexKey(in: store.id)),
            .integer(row))
    }

    /// The record that has any of the keys, the strongest first; a collection only by its current name.
    func record(withAnyOf keys: [NaturalKey], kind: String) throws -> RecordState? {
        for key in keys {
            var candidates: [Int64] = []
            do {
                var rows = try database.rows(
                    "SELECT record FROM identity WHERE key = ? ORDER BY record",
                    .integer(key.indexKey(in: store.id)))
                while try rows.next() { candidates.append(rows.integer(0)) }
            }
            var found: [RecordState] = []
            for row in candidates {
                let record = try store.record(row: row)
                guard record.kind == kind else { continue }
                if kind == "collection",
                    NaturalKey.keys(kind: kind, value: { record.fields[$0] }) != [key]
                {
                    continue
                }
                found.append(record)
            }
            // The same choice on every replica, whatever the order in which records came.
            if let first = found.min(by: { $0.id < $1.id }) { return first }
        }
        return nil
    }
}
