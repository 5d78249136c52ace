internal import Glibc
internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuSQLite

/// Finds the records of items that say nothing new by comparing bytes, before anything is taken apart: a file that is
/// imported again mostly consists of these.
///
/// It answers only where the whole search (`CandidateSearch`, `ImportBatch`) can come to nothing else, and is silent
/// otherwise: where a key leads to several records, where the record is deleted, was corrected or is in no collection of
/// the run, and where the item's title was made up.
struct UnchangedItems {
    private let archive: OpenArchive
    /// The transaction that the last record was made by, and whether a program made it. Records of one file come in the
    /// order in which they were made.
    private var lastBase: (position: Int64, isByProgram: Bool)?

    /// Of an item with more fields the order in which they come matters too much.
    private static let maximumFields = 64

    init(of archive: OpenArchive) { self.archive = archive }

    /// The record that an item is about, where nothing is to be written to it.
    /// - Parameters:
    ///   - state: in which its source gives it, where that has ids.
    ///   - groups: collections of one name each; nothing is written where an import has put the record into one of each.
    mutating func record(
        of item: ImportItem, _ state: SourceState?, in groups: [[RecordID]]
    ) throws -> RecordID? {
        guard item.fields.count <= Self.maximumFields,
            // In JSON such names are written otherwise.
            !item.fields.contains(where: { $0.name.utf8.contains(UInt8(ascii: "\\")) }),
            let key = key(of: item)
        else { return nil }
        var rows = try archive.database.rows(
            """
            SELECT record.id, record.kind, record.base, record.state, record.fields
            FROM identity CROSS JOIN record ON record.row = identity.record
            WHERE identity.key = ?
            LIMIT 2
            """, .integer(key.indexKey))
        guard try rows.next(), let id = rows.withBytes(0, { RecordID(bytes: $0) }) else { return nil }
        let flags = RecordState.Flags(rawValue: rows.integer(3))
        guard !flags.contains(.isDeleted),
            try archive.interning.name(rows.integer(1), in: archive.database) == item.kind
        else { return nil }
        let base = rows.integer(2)
        let needsCollection = !groups.isEmpty
        let said = rows.withBytes(4) { Comparison(item, state?.json, groups: groups, with: $0) }
        guard try !rows.next() else { return nil }
        // What stands in such a record was imported if anything was: it has had no other values.
        let isAsImported = try !flags.contains(.hasVersions) && isByProgram(base)
        if needsCollection, !(isAsImported && said.isInCollections) { return nil }
        if let source = item.source {
            // Such an id is evidence only together with something else.
            return said.hasState && (!source.isUnscoped || said.hasTitle) ? id : nil
        }
        return isAsImported && said.hasAll && !said.hasDerivedTitle ? id : nil
    }

    /// The strongest key of an item, if it is one that needs no look at its text.
    private func key(of item: ImportItem) -> NaturalKey? {
        if let source = item.source { return ItemKeys.key(of: source, kind: item.kind, in: archive.id) }
        if item.hasDerivedTitle { return nil }
        for field in KeyedField.of(kind: item.kind) where field != .body {
            if let canonical = item[field.rawValue].flatMap({ field.canonical($0) }) {
                return NaturalKey(field.sort, canonical, kind: item.kind, in: archive.id)
            }
        }
        return nil
    }

    private mutating func isByProgram(_ base: Int64) throws -> Bool {
        if let lastBase, lastBase.position == base { return lastBase.isByProgram }
        let isByProgram = try archive.log.facts(at: base).isByProgram
        lastBase = (base, isByProgram)
        return isByProgram
    }
}

/// What an item and the visible values of a record have in common.
private struct Comparison {
    /// All that the item says.
    private(set) var hasAll = false
    private(set) var hasTitle = false
    private(set) var hasDerivedTitle = false
    /// Its source was read last in this state.
    private(set) var hasState = false
    /// In one of each group.
    private(set) var isInCollections = false

    /// - Parameter fields: those of the record, as it is stored; damaged ones have nothing in common with an item.
    init(
        _ item: ImportItem, _ state: [UInt8]?, groups: [[RecordID]], with fields: UnsafeRawBufferPointer
    ) {
        var result = Self.nothing
        var missing = groups.map { $0.map { "collections/" + $0.text } }
        var members = JSONMembers(fields)
        var equal = 0
        var likely = 0
        let sourceField = item.source?.field
        while let member = members.next() {
            let name = UnsafeRawBufferPointer(rebasing: fields[member.nameRange.dropFirst().dropLast()])
            let value = members.value(of: member)
            if let place = Self.place(of: name, in: item, near: likely) {
                likely = place + 1
                if Self.same(value, item.fields[place].json) {
                    equal += 1
                    if item.fields[place].name == "title" { result.hasTitle = true }
                }
            } else if let state, let sourceField, Self.same(name, sourceField) {
                result.hasState = Self.same(value, state)
            }
            if Self.same(name, "derived/title") { result.hasDerivedTitle = true }
            if !missing.isEmpty, Self.same(value, JSONLiteral.true) {
                missing.removeAll { $0.contains { Self.same(name, $0) } }
            }
        }
        result.hasAll = equal == item.fields.count
        result.isInCollections = missing.isEmpty
        self = members.isDamaged ? Self.nothing : result
    }

    private init() {}

    private static let nothing = Comparison()

    /// - Parameter likely: where the field is likely to stand; the others are looked at in turn.
    private static func place(of name: UnsafeRawBufferPointer, in item: ImportItem, near likely: Int) -> Int?
    {
        let count = item.fields.count
        for offset in 0..<count {
            let place = likely + offset < count ? likely + offset : likely + offset - count
            if same(name, item.fields[place].name) { return place }
        }
        return nil
    }

    private static func same(_ bytes: UnsafeRawBufferPointer, _ text: String) -> Bool {
        guard bytes.count == text.utf8.count else { return false }
        return text.utf8.withContiguousStorageIfAvailable { same(bytes, UnsafeRawBufferPointer($0)) }
            ?? text.utf8.elementsEqual(bytes)
    }

    private static func same(_ bytes: UnsafeRawBufferPointer, _ other: [UInt8]) -> Bool {
        other.withUnsafeBytes { same(bytes, $0) }
    }

    private static func same(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Bool {
        guard one.count == other.count else { return false }
        guard let first = one.baseAddress, let second = other.baseAddress else { return true }
        return memcmp(first, second, one.count) == 0
    }
}
