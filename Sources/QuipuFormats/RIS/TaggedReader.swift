/// Reads RIS, MEDLINE and EndNote's tagged form: each record is an article; its notes and files follow it.
struct TaggedReader: SourceReader {
    let formatName: String
    private let dialect: TaggedDialect
    private let name: String
    private var records: TaggedRecords
    private var pending: ArraySlice<SourceEvent> = []
    private var isEncodingTold = false
    private var hasStarted = false
    private var count = 0

    init(_ source: ByteSource, _ dialect: TaggedDialect, byteOffset: Int, isConverted: Bool) {
        self.dialect = dialect
        formatName = dialect.formatName
        name = source.name
        records = TaggedRecords(source, dialect, byteOffset: byteOffset)
        if isConverted {
            pending = [
                .remark(
                    SourcePlace(file: name, line: 1, byteOffset: 0), "it is UTF-16 and was converted to UTF-8"
                )
            ]
        }
    }

    mutating func next() throws(InterchangeError) -> SourceEvent? {
        while true {
            if let event = pending.popFirst() { return event }
            guard let piece = try records.next() else { return nil }
            switch piece {
            case .rejected(let place, let reason): return .rejected(place, reason: reason)
            case .record(let record): pending = events(of: record)[...]
            }
            if records.isConverted, !isEncodingTold {
                isEncodingTold = true
                pending.append(.remark(SourcePlace(file: name, line: 1, byteOffset: 0), LegacyText.remark))
            }
        }
    }

    private mutating func events(of record: TaggedRecord) -> [SourceEvent] {
        count += 1
        let draft =
            switch dialect {
            case .ris: RISMapping.draft(of: record)
            case .medline: MEDLINEMapping.draft(of: record)
            case .endNote: EndNoteMapping.draft(of: record)
            }
        var events = draft.events(place: record.place, key: String(count))
        if dialect == .ris, !record.isClosed {
            events.append(
                record.endsSource
                    ? .rejected(
                        record.place,
                        reason: "it ends before the line `ER` of this record, so it may be cut; "
                            + "what could be read came in")
                    : .remark(
                        record.place, "the record has no line `ER`; it was read as far as it goes"))
        }
        return events
    }
}
