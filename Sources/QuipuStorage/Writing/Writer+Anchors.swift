internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuSQLite

// What annotations keep of their passages follows the text (`AnchorState`). Whatever this replica writes into a text, by an
// edit, an import, an undo, a merge, the passages are looked for in it before the write is complete, and the program notes
// what became of each. Who receives a text receives the notes of who wrote it: if every mirror looked for itself, all would
// write, and about each other's notes.

/// What this replica wrote that passages depend on.
struct WrittenTexts {
    /// Records whose text may be another one now.
    fileprivate var articles: Set<RecordID> = []
    /// Annotations that quote another passage now.
    fileprivate var annotations: Set<RecordID> = []
    /// Who wrote last.
    fileprivate var author = ""

    fileprivate var isEmpty: Bool { articles.isEmpty && annotations.isEmpty }
}

extension Writer {
    private static let articleKind = "article"
    private static let annotationKind = "annotation"
    private static let textField = "body"

    /// Annotations of one text whose passages are looked for; those beyond it are where the text says, as all are, but keep no
    /// note of it.
    private static let mostReanchored = 1_000

    /// Notes what a transaction of this replica's own, which is about to be applied, does to texts.
    func noteTexts(of records: [RecordChanges], author: String) throws {
        let records = records.filter(Self.concernsPassages)
        guard !records.isEmpty, try archive.interning.knownNameRow("quote", in: database) != nil else {
            return
        }
        writtenTexts.author = author
        for record in records {
            if record.kind == Self.annotationKind {
                writtenTexts.annotations.insert(record.id)
                continue
            }
            writtenTexts.articles.insert(record.id)
            guard Self.changes(record, MergedInto.field),
                let row = try archive.recordStates.recordRow(record.id, kind: record.kind)
            else { continue }
            // The one that shows it until now may show another text without it.
            let shown = try archive.merges.representative(of: row)
            writtenTexts.articles.insert(try archive.log.identity(of: shown).id)
        }
    }

    private static func concernsPassages(_ record: RecordChanges) -> Bool {
        switch record.kind {
        // An import says itself where the passages are.
        case annotationKind:
            changes(record, "quote", "position", "target") && !changes(record, AnchorState.field)
        case articleKind: changes(record, textField, MergedInto.field)
        default: false
        }
    }

    private static func changes(_ record: RecordChanges, _ names: String...) -> Bool {
        record.fields.contains { names.contains($0.field) }
    }

    /// Looks for the passages in the texts that were written, and writes what became of them.
    func reanchor() throws {
        if writtenTexts.isEmpty { return }
        let written = writtenTexts
        writtenTexts = WrittenTexts()
        let merges = try archive.merges
        var shown: Set<Int64> = []
        for id in written.articles {
            guard let row = try archive.recordStates.recordRow(id, kind: Self.articleKind) else { continue }
            shown.insert(merges.representative(of: row))
        }
        var quoting: [Int64: [RecordState]] = [:]
        for id in written.annotations {
            guard let state = try archive.recordStates.record(id, kind: Self.annotationKind),
                let target = state.fields["target"].flatMap(RecordID.init(canonicalText:)),
                let row = try archive.recordStates.recordRow(target, kind: Self.articleKind)
            else { continue }
            quoting[merges.representative(of: row), default: []].append(state)
        }
        var batch: [RecordChanges] = []
        func write(_ changes: [RecordChanges]) throws {
            batch += changes
            while batch.count >= Self.mostReanchored {
                try append(
                    Array(batch.prefix(Self.mostReanchored)), author: written.author, isByProgram: true)
                batch.removeFirst(Self.mostReanchored)
            }
        }
        for row in shown.sorted() {
            quoting[row] = nil
            let owners = try ([row] + merges.members(of: row)).map { try archive.log.identity(of: $0).id }
            try write(anchors(of: owners.flatMap { try archive.recordStates.dependents(on: $0) }, in: row))
        }
        for (row, annotations) in quoting.sorted(by: { $0.key < $1.key }) {
            try write(anchors(of: annotations.sorted { $0.row < $1.row }, in: row))
        }
        if !batch.isEmpty { try append(batch, author: written.author, isByProgram: true) }
    }

    /// What is to be noted in annotations of the text that a record shows.
    private func anchors(of dependents: [RecordState], in row: Int64) throws -> [RecordChanges] {
        let annotations = dependents.filter {
            $0.kind == Self.annotationKind && !$0.flags.contains(.isDeleted) && $0.fields["quote"] != nil
        }
        if annotations.isEmpty { return [] }
        let article = try archive.recordStates.record(row: row)
        guard !article.flags.contains(.isDeleted),
            let body = try archive.recordGroups.seen(article).fields[Self.textField],
            let text = decodeString(body).map({ PassageText($0) })
        else { return [] }
        return try annotations.prefix(Self.mostReanchored).compactMap { (annotation) -> RecordChanges? in
            guard
                let selector = TextSelector(
                    quote: annotation.fields["quote"], position: annotation.fields["position"])
            else { return nil }
            let heads = try archive.recordStates.heads(of: AnchorState.field, in: annotation)
            // Somebody says otherwise.
            if heads.contains(where: \.isByHand) { return nil }
            let last = annotation.fields[AnchorState.field].flatMap { AnchorState($0) }
            var state = text.anchor(selector).state ?? AnchorState(lostInBody: body)
            if case .lost = state, case .lost? = last {
                // It was lost in an earlier text already.
                state = last ?? state
            }
            let isSettled = Set(heads.map(\.value)).count <= 1
            guard !isSettled || state.isNews(after: last) else { return nil }
            return RecordChanges(
                id: annotation.id, kind: annotation.kind,
                fields: [
                    FieldChange(
                        field: AnchorState.field, value: .text(state.json), replaces: try names(of: heads))
                ])
        }
    }
}
