public import QuipuCBOR
public import QuipuCausality

/// The encoding of a transaction (`Schema/exchange.cddl`): a map with small numbers as keys. Members that this
/// version does not know are kept as received, are part of the chain hash, and are relayed.
extension Transaction {
    private enum Member: UInt64 {
        case origin = 0
        case sequence = 1
        case stamp = 2
        case author = 3
        case isByProgram = 4
        case records = 5
        case observed = 6
        case note = 7
        case previous = 8
        case root = 9
    }

    public func write(to writer: inout CBORWriter) {
        let optional = [
            isByProgram, !records.isEmpty, !observed.isEmpty, note != nil, previous != nil, root != nil,
        ]
        writer.map(count: 4 + optional.count { $0 } + unknownCount)
        writer.unsigned(Member.origin.rawValue)
        writer.identifier(name.origin)
        writer.unsigned(Member.sequence.rawValue)
        writer.unsigned(name.sequence)
        writer.unsigned(Member.stamp.rawValue)
        writer.unsigned(stamp.rawValue)
        writer.unsigned(Member.author.rawValue)
        writer.text(author)
        if isByProgram {
            writer.unsigned(Member.isByProgram.rawValue)
            writer.boolean(true)
        }
        if !records.isEmpty {
            writer.unsigned(Member.records.rawValue)
            writer.array(count: records.count)
            for record in records { record.write(to: &writer) }
        }
        if !observed.isEmpty {
            writer.unsigned(Member.observed.rawValue)
            writer.names(observed)
        }
        if let note {
            writer.unsigned(Member.note.rawValue)
            writer.array(count: 2)
            writer.integer(note.offsetMilliseconds)
            writer.array(count: note.spans.count)
            for span in note.spans {
                writer.array(count: 2)
                writer.name(span.last)
                writer.unsigned(span.count)
            }
        }
        if let previous {
            writer.unsigned(Member.previous.rawValue)
            writer.name(previous)
        }
        if let root {
            writer.unsigned(Member.root.rawValue)
            writer.identifier(root)
        }
        writer.raw(unknown)
    }

    /// Pairs of key and value in `unknown`.
    private var unknownCount: Int {
        var reader = CBORReader(unknown[...])
        var count = 0
        while !reader.isAtEnd {
            guard (try? reader.skip()) != nil, (try? reader.skip()) != nil else { break }
            count += 1
        }
        return count
    }

    public init(from reader: inout CBORReader) throws(WireError) {
        var name: (origin: Origin?, sequence: UInt64?) = (nil, nil)
        var stamp: Stamp?
        var author: String?
        self.init(
            name: TransactionName(origin: Origin(rawValue: 0), sequence: 0), stamp: Stamp(rawValue: 0),
            author: "",
            isByProgram: false, records: [])
        var last: UInt64?
        for _ in 0..<(try reader.mapCount(maximum: 64)) {
            let key = try reader.unsigned()
            if let last, key <= last { throw WireError(.malformed, "a map's members are out of order") }
            last = key
            switch Member(rawValue: key) {
            case .origin: name.origin = try reader.identifier()
            case .sequence: name.sequence = try reader.unsigned()
            case .stamp: stamp = Stamp(rawValue: try reader.unsigned())
            case .author: author = try reader.text(maximumBytes: Limits.authorBytes)
            case .isByProgram:
                isByProgram = try reader.boolean()
                // An absent member means false; a second encoding would have a second hash.
                if !isByProgram { throw WireError(.malformed, "a member has its default value") }
            case .records:
                records = try Self.records(from: &reader)
                if records.isEmpty { throw WireError(.malformed, "a member has its default value") }
            case .observed:
                observed = try reader.names(maximum: Limits.observedTransactions)
                if observed.isEmpty { throw WireError(.malformed, "a member has its default value") }
            case .note: note = try ClockNote(from: &reader)
            case .previous: previous = try reader.name()
            case .root: root = try reader.identifier()
            case nil:
                var writer = CBORWriter()
                writer.unsigned(key)
                writer.raw(try reader.skip())
                unknown += writer.bytes
            }
        }
        guard let origin = name.origin, let sequence = name.sequence, let stamp, let author else {
            throw WireError(.unexpected, "a transaction lacks its name, stamp or author")
        }
        self.name = TransactionName(origin: origin, sequence: sequence)
        self.stamp = stamp
        self.author = author
    }

    private static func records(from reader: inout CBORReader) throws(WireError) -> [RecordChanges] {
        var records: [RecordChanges] = []
        var left = Limits.changesPerTransaction
        for _ in 0..<(try reader.arrayCount(maximum: Limits.changesPerTransaction)) {
            let record = try RecordChanges(from: &reader, maximumChanges: left, like: records.last)
            left -= record.fields.count
            records.append(record)
        }
        return records
    }
}

extension RecordChanges {
    fileprivate func write(to writer: inout CBORWriter) {
        writer.array(count: 3)
        writer.identifier(id)
        writer.text(kind)
        writer.array(count: fields.count)
        for change in fields {
            writer.array(count: change.replaces.isEmpty ? 2 : 3)
            writer.text(change.field)
            switch change.value {
            case .text(let json): writer.text(utf8: json)
            case .hash(let hash): writer.hash(hash)
            }
            if !change.replaces.isEmpty { writer.names(change.replaces) }
        }
    }

    /// - Parameter other: a record that is likely to have the same kind and fields.
    fileprivate init(
        from reader: inout CBORReader, maximumChanges: Int, like other: RecordChanges?
    ) throws(WireError) {
        guard try reader.arrayCount(maximum: 3) == 3 else {
            throw WireError(.unexpected, "a record's changes have three parts")
        }
        self.init(
            id: try reader.identifier(),
            kind: try reader.text(maximumBytes: Limits.kindBytes, likely: other?.kind), fields: [])
        let count = try reader.arrayCount(maximum: maximumChanges)
        // A count may claim more than there is: reserve a usual number only.
        fields.reserveCapacity(min(count, 16))
        for index in 0..<count {
            let parts = try reader.arrayCount(maximum: 3)
            guard parts >= 2 else { throw WireError(.unexpected, "a change has two or three parts") }
            let likely = other.flatMap { index < $0.fields.count ? $0.fields[index].field : nil }
            let field = try reader.text(maximumBytes: Limits.fieldNameBytes, likely: likely)
            let value: Content =
                if reader.peekedMajor == .byteString {
                    .hash(try reader.hash())
                } else {
                    .text(Array(try reader.textBytes(maximumBytes: Limits.inlineValueBytes)))
                }
            let replaces = parts == 3 ? try reader.names(maximum: Limits.replacedVersions) : []
            if parts == 3, replaces.isEmpty { throw WireError(.malformed, "a member has its default value") }
            fields.append(FieldChange(field: field, value: value, replaces: replaces))
        }
    }
}

extension ClockNote {
    fileprivate init(from reader: inout CBORReader) throws(WireError) {
        guard try reader.arrayCount(maximum: 2) == 2 else {
            throw WireError(.unexpected, "a clock note has two parts")
        }
        self.init(offsetMilliseconds: try reader.integer(), spans: [])
        for _ in 0..<(try reader.arrayCount(maximum: Limits.noteSpans)) {
            guard try reader.arrayCount(maximum: 2) == 2 else {
                throw WireError(.unexpected, "a clock note's span has two parts")
            }
            spans.append(Span(last: try reader.name(), count: try reader.unsigned()))
        }
    }
}

extension CBORWriter {
    mutating func name(_ name: TransactionName) {
        array(count: 2)
        identifier(name.origin)
        unsigned(name.sequence)
    }

    mutating func names(_ names: [TransactionName]) {
        array(count: names.count)
        for name in names { self.name(name) }
    }
}

extension CBORReader {
    mutating func name() throws(WireError) -> TransactionName {
        try pair("a transaction's name has two parts")
        return TransactionName(origin: try identifier(), sequence: try unsigned())
    }

    mutating func names(maximum: Int) throws(WireError) -> [TransactionName] {
        var names: [TransactionName] = []
        for _ in 0..<(try arrayCount(maximum: maximum)) { names.append(try name()) }
        return names
    }
}
