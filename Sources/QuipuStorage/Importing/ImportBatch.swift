internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuSQLite

/// Decides what each item of a batch writes, and gathers that into transactions of the bulk size.
struct ImportBatch {
    let writer: Writer
    private(set) var run: ImportRun
    private(set) var outcomes: [ImportOutcome] = []
    private var pending: PendingImport
    private let author: String
    /// What the items without an id of their own are noted under that left values behind, by record.
    private var left: [RecordID: (kind: String, marks: Set<String>)] = [:]
    private let finder: CandidateSearch
    private var unchanged: UnchangedItems

    init(writer: Writer, author: String, run: ImportRun) throws {
        self.writer = writer
        self.run = run
        self.author = author
        pending = PendingImport(writer: writer, author: author)
        finder = try CandidateSearch(writer)
        unchanged = UnchangedItems(of: writer.archive)
    }

    mutating func add(
        _ item: ImportItem,
        computing: (ImportItem) throws -> [(name: String, json: [UInt8])] = { _ in [] }
    ) throws {
        let state = item.id == nil ? item.source.map { SourceState(of: item, id: $0.id) } : nil
        if pending.isEmpty, item.id == nil, let known = try recordThatStays(item, state) {
            _ = run.name(known)
            if let source = item.source { _ = run.read(source, for: known) }
            try putAgain(item)
            outcomes.append(ImportOutcome(effect: .unchanged(known)))
            return
        }
        let keys = ItemKeys(of: item, in: writer.archive.id)
        // An item that touches what the open transaction touches is held against the outcome of that.
        if pending.touches(keys, id: item.id) { try pending.flush() }
        if let id = item.id {
            try addExported(item, id: id, keys)
        } else {
            try addFound(item, state, keys, computing)
        }
    }

    /// The record of an item that says nothing new, where that shows without a look at its text.
    private mutating func recordThatStays(_ item: ImportItem, _ state: SourceState?) throws -> RecordID? {
        if let id = try unchanged.record(of: item, state, in: groups(of: item)) { return id }
        guard let known = try finder.knowing(item), !known.isDeleted,
            try missingMemberships(item, known).isEmpty
        else { return nil }
        return known.record.id
    }

    /// Writes what is still open.
    mutating func finish() throws {
        for (id, record) in left.sorted(by: { $0.key < $1.key }) {
            if pending.holds(id) { try pending.flush() }
            let keys = record.marks.sorted().map {
                NaturalKey(.mark, $0, kind: record.kind, in: writer.archive.id)
            }
            let change = FieldChange(
                field: LeftItems.field, value: .text(LeftItems.json(record.marks)), replaces: [])
            try pending.add(RecordChanges(id: id, kind: record.kind, fields: [change]), keys)
        }
        left.removeAll()
        try pending.flush()
    }

    // MARK: An item of a source

    private mutating func addFound(
        _ item: ImportItem, _ state: SourceState?, _ keys: ItemKeys,
        _ computing: (ImportItem) throws -> [(name: String, json: [UInt8])]
    ) throws {
        var found = try finder.find(item, keys)
        if found.observed.contains(where: pending.holds) {
            try pending.flush()
            found = try finder.find(item, keys)
        }
        if run.restoresDeleted, let deleted = found.best, deleted.isDeleted, try restore(deleted) {
            found = try finder.find(item, keys)
        }
        let candidate = found.best
        if let candidate, candidate.isDeleted {
            outcomes.append(ImportOutcome(effect: .stayedDeleted(candidate.record.id)))
            return
        }
        let id = try candidate?.record.id ?? newID(keys, item)
        let isFirst = run.name(id)
        let isRepeated = item.source.map { !run.read($0, for: id) } ?? false
        var changes: [FieldChange] = []
        for collection in try missingMemberships(item, candidate) {
            changes.append(FieldChange(field: collection, value: .text(JSONLiteral.true), replaces: []))
        }

        if let candidate, try isKnown(item, state, isRepeated, candidate, found.knowing) {
            let isCurrent = try isRepeated || isCurrent(item, state, found.knowing)
            let effect: ImportEffect =
                changes.isEmpty ? (isCurrent ? .unchanged(id) : .outdated(id)) : .updated(id)
            try putAgain(item)
            try pending.add(RecordChanges(id: id, kind: item.kind, fields: changes), keys.all)
            outcomes.append(ImportOutcome(effect: effect))
            return
        }
        var leftFields: [String] = []
        let last = try item.source.map { source in try found.knowing.flatMap { try $0.states(of: source) } }
        for field in try fieldsToConsider(item, candidate) {
            guard let candidate else {
                changes.append(FieldChange(field: field.name, value: .text(field.json), replaces: []))
                continue
            }
            if try !isFirst && candidate.hasHeads(field.name)
                && !replacesDerivedTitle(field.name, item, candidate)
            {
                if try !candidate.hasImported(field.name, field.json) { leftFields.append(field.name) }
                continue
            }
            if try isNoNews(field, last: last, candidate) {
                try putAgain(field.json)
                continue
            }
            let frontier = try candidate.versions(of: field.name).importFrontier
            changes.append(
                FieldChange(
                    field: field.name, value: .text(field.json), replaces: try writer.names(of: frontier)))
        }
        let isNews = !changes.isEmpty
        if isNews { changes += try computed(computing(item), candidate) }
        if let state, let source = item.source, !isRepeated {
            let before = try candidate?.memory(of: source) ?? []
            changes.append(
                FieldChange(
                    field: source.field, value: .text(state.json), replaces: try writer.names(of: before)))
        } else if !leftFields.isEmpty {
            left[id, default: (item.kind, [])].marks.insert(LeftItems.mark(of: item))
        }
        leftFields = try leftFields.filter { name in
            // What is shown in the record already is not missed.
            try candidate.map { try !$0.shows(name, item[name] ?? []) } ?? true
        }
        let effect: ImportEffect = candidate == nil ? .created(id) : isNews ? .updated(id) : .unchanged(id)
        outcomes.append(ImportOutcome(effect: effect, leftFields: leftFields))
        try pending.add(RecordChanges(id: id, kind: item.kind, fields: changes), keys.all)
    }

    /// Restores a record by hand, as a person asked for it; false for one that was purged.
    private mutating func restore(_ candidate: Candidate) throws -> Bool {
        try pending.flush()
        guard try !writer.archive.recordStates.isPurged(candidate.record) else { return false }
        let change = try writer.archive.editing.restoration(
            of: candidate.record.id, kind: candidate.record.kind, writer)
        try writer.append([change], author: author, isByProgram: false)
        run.restored += 1
        return true
    }

    /// Whether the item was read before as it is now: there is nothing to write.
    /// - Parameter isRepeated: the run had its id before; only the first says in which state the source is.
    private func isKnown(
        _ item: ImportItem, _ state: SourceState?, _ isRepeated: Bool, _ candidate: Candidate,
        _ knowing: [Candidate]
    ) throws -> Bool {
        guard let state, let source = item.source, !isRepeated else {
            return try candidate.hasMark(of: item)
        }
        if run.takesOldStates { return try isCurrent(item, state, knowing) }
        return try knowing.contains { try $0.hasRead(state, from: source) }
    }

    /// Whether no other state of the item was read since.
    private func isCurrent(_ item: ImportItem, _ state: SourceState?, _ knowing: [Candidate]) throws -> Bool {
        guard let state, let source = item.source else { return true }
        return try knowing.contains { try $0.states(of: source).contains { $0.json == state.json } }
    }

    /// Whether a value is what the item's source gave when it was last read, or what was imported last.
    /// - Parameter last: the states in which the item was last read; nil for an item without an id of its own.
    private func isNoNews(
        _ field: (name: String, json: [UInt8]), last: [SourceState]?, _ candidate: Candidate
    ) throws -> Bool {
        guard let last else { return try candidate.hasImported(field.name, field.json) }
        if !last.isEmpty {
            let hash = SourceState.shortHash(field.json)
            if last.contains(where: { $0.read[field.name] == hash }) { return true }
        }
        return try candidate.isLastImport(field.name, field.json)
    }

    /// The item's fields, but for a title that is made up where there is a given one; and with the note that a title is no
    /// longer made up where it gives the first.
    private func fieldsToConsider(
        _ item: ImportItem, _ candidate: Candidate?
    ) throws -> [(name: String, json: [UInt8])] {
        var fields = item.fields
        guard let candidate else { return fields }
        if item.hasDerivedTitle {
            if try candidate.hasGivenTitle() {
                fields.removeAll { $0.name == "title" || $0.name == "derived/title" }
            }
        } else if item["title"] != nil, candidate.record.fields["derived/title"] == JSONLiteral.true {
            fields.append(("derived/title", JSONLiteral.false))
        }
        return fields
    }

    /// A record whose title is made up lacks a title.
    private func replacesDerivedTitle(
        _ field: String, _ item: ImportItem, _ candidate: Candidate
    ) throws -> Bool {
        guard field == "title" || field == "derived/title", item["title"] != nil, !item.hasDerivedTitle else {
            return false
        }
        return try candidate.record.fields["title"] != nil && !candidate.hasGivenTitle()
    }

    /// The first free one of those that the strongest key implies, or all of the item.
    private func newID(_ keys: ItemKeys, _ item: ImportItem) throws -> RecordID {
        guard let strongest = keys.strongest(of: item) else {
            return .timeOrdered(writer.archive.environment)
        }
        func isFree(_ id: RecordID) throws -> Bool {
            try !pending.holds(id) && writer.archive.recordStates.recordRow(id, kind: item.kind) == nil
        }
        if keys.fields != nil, try isFree(strongest.recordID(1)) { return strongest.recordID(1) }
        let key = keys.fields ?? strongest
        var number = 1
        while try !isFree(key.recordID(number)) { number += 1 }
        return key.recordID(number)
    }

    // MARK: A record of our own export

    /// A field is written where it differs from what was last imported into it.
    private mutating func addExported(_ item: ImportItem, id: RecordID, _ keys: ItemKeys) throws {
        let known = try writer.archive.recordStates.record(id, kind: item.kind).map {
            Candidate($0, in: writer.archive)
        }
        if known?.isDeleted == true {
            outcomes.append(ImportOutcome(effect: .stayedDeleted(id)))
            return
        }
        _ = run.name(id)
        var changes: [FieldChange] = []
        for collection in try missingMemberships(item, known) where item[collection] == nil {
            changes.append(FieldChange(field: collection, value: .text(JSONLiteral.true), replaces: []))
        }
        for field in item.fields {
            var replaced: [Version] = []
            if let known {
                // Where its passage is follows from the text that is here.
                if AnchorState.isNote(field.name, of: item.kind) { continue }
                let isThere =
                    try SourceMemory.isMemory(field.name)
                    ? known.standing(field.name).contains(field.json)
                    : known.isLastImport(field.name, field.json)
                if isThere {
                    try putAgain(field.json)
                    continue
                }
                replaced = try replacedByExported(field, known)
            }
            changes.append(
                FieldChange(
                    field: field.name, value: .text(field.json), replaces: try writer.names(of: replaced)))
        }
        let effect: ImportEffect =
            changes.isEmpty ? .unchanged(id) : known == nil ? .created(id) : .updated(id)
        outcomes.append(ImportOutcome(effect: effect))
        // By what it remembers of its sources.
        let remembered = item.fields.filter { SourceMemory.isMemory($0.name) }.flatMap {
            writer.archive.keyIndex.memoryKeys($0.name, $0.json, kind: item.kind)
        }
        try pending.add(RecordChanges(id: id, kind: item.kind, fields: changes), keys.all + remembered)
    }

    private func replacedByExported(
        _ field: (name: String, json: [UInt8]), _ known: Candidate
    ) throws -> [Version] {
        guard SourceMemory.isMemory(field.name) else {
            return try known.versions(of: field.name).importFrontier
        }
        guard let state = SourceState(parsing: field.json) else { return [] }
        let scope = String(field.name.dropFirst(SourceMemory.prefix.count))
        return try known.memory(of: ItemSource(scope: scope, id: state.id))
    }

    // MARK: Texts that were dropped

    private func putAgain(_ item: ImportItem) throws {
        guard writer.hasMissingTexts else { return }
        for field in item.fields { try putAgain(field.json) }
    }

    private func putAgain(_ json: [UInt8]) throws {
        if writer.hasMissingTexts { try writer.putAgain(json, of: ValueHash(of: json)) }
    }
}
