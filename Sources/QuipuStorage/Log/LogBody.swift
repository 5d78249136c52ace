internal import QuipuCausality

/// The part of a transaction that the log keeps, in variable-length integers (LEB128), values left out:
///
///     record count, { row − row before (zigzag), field count,
///         { field's name row, replaced count, { position − replaced position } } }
///     parts: 1 observed, 2 note, 4 unknown members, 8 previous, 16 original origin
///     [observed count, { position − observed position }]
///     [offset in milliseconds (zigzag), span count, { position − last position, count }]
///     [size, bytes]
///     [position − position of the previous one]
///     [16 bytes]
///
/// Positions are told as distances, which are small.
struct LogBody: Equatable {
    struct Field: Equatable {
        var name: Int64
        var replaces: [Int64]
    }

    struct Entry: Equatable {
        var row: Int64
        var fields: [Field]
    }

    struct Span: Equatable {
        var last: Int64
        var count: UInt64
    }

    struct Note: Equatable {
        var offsetMilliseconds: Int64
        var spans: [Span]
    }

    var records: [Entry] = []
    var observed: [Int64] = []
    var note: Note?
    var unknown: [UInt8] = []
    var previous: Int64?
    var root: Origin?

    func encoded(at position: Int64) -> [UInt8] {
        var out = VariableLengthWriter()
        out.unsigned(UInt64(records.count))
        var before: Int64 = 0
        for record in records {
            out.signed(record.row - before)
            before = record.row
            out.unsigned(UInt64(record.fields.count))
            for field in record.fields {
                out.unsigned(UInt64(field.name))
                out.distances(field.replaces, from: position)
            }
        }
        let parts =
            (observed.isEmpty ? 0 : 1) + (note == nil ? 0 : 2) + (unknown.isEmpty ? 0 : 4)
            + (previous == nil ? 0 : 8) + (root == nil ? 0 : 16)
        out.unsigned(UInt64(parts))
        if !observed.isEmpty { out.distances(observed, from: position) }
        if let note {
            out.signed(note.offsetMilliseconds)
            out.unsigned(UInt64(note.spans.count))
            for span in note.spans {
                out.unsigned(UInt64(position - span.last))
                out.unsigned(span.count)
            }
        }
        if !unknown.isEmpty {
            out.unsigned(UInt64(unknown.count))
            out.bytes.append(contentsOf: unknown)
        }
        if let previous { out.unsigned(UInt64(position - previous)) }
        if let root { out.bytes.append(contentsOf: root.bytes) }
        return out.bytes
    }

    /// Nil when the bytes are not of this form: the archive is damaged.
    init?(decoding bytes: [UInt8], at position: Int64) {
        var input = VariableLengthReader(bytes: bytes)
        var row: Int64 = 0
        for _ in 0..<input.count() {
            // Wrapping: a damaged body may say anything, and is found out by what it names.
            row &+= input.signed()
            var record = Entry(row: row, fields: [])
            for _ in 0..<input.count() {
                let name = Int64(truncatingIfNeeded: input.unsigned())
                record.fields.append(Field(name: name, replaces: input.distances(from: position)))
            }
            records.append(record)
        }
        let parts = input.unsigned()
        if parts & 1 != 0 { observed = input.distances(from: position) }
        if parts & 2 != 0 {
            let offset = input.signed()
            var spans: [Span] = []
            for _ in 0..<input.count() {
                let last = position &- Int64(truncatingIfNeeded: input.unsigned())
                spans.append(Span(last: last, count: input.unsigned()))
            }
            note = Note(offsetMilliseconds: offset, spans: spans)
        }
        if parts & 4 != 0 { unknown = input.take(input.count()) }
        if parts & 8 != 0 { previous = position &- Int64(truncatingIfNeeded: input.unsigned()) }
        if parts & 16 != 0 { root = Origin(bytes: input.take(Origin.size)) }
        if input.failed || !input.isAtEnd { return nil }
    }

    init() {}
}
