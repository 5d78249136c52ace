import QuipuCBOR
import QuipuCausality
import QuipuWire

/// Messages with something of everything in them, well-formed by construction.
enum RandomMessages {
    /// At the borders of the shortest forms of a number.
    static let numbers: [UInt64] = [
        0, 1, 23, 24, 255, 256, 65_535, 65_536, 0xffff_ffff, 0x1_0000_0000, UInt64(Int64.max),
    ]

    static func origin(using random: inout SeededGenerator) -> Origin { Origin(bytes: random.bytes(16))! }
    static func chain(using random: inout SeededGenerator) -> ChainHash {
        ChainHash(bytes: random.bytes(32))!
    }

    static func name(using random: inout SeededGenerator) -> TransactionName {
        TransactionName(origin: origin(using: &random), sequence: max(1, random.pick(numbers)))
    }

    static func names(using random: inout SeededGenerator) -> [TransactionName] {
        (0..<random.pick([0, 0, 1, 2, 24])).map { _ in name(using: &random) }
    }

    static func transaction(using random: inout SeededGenerator) -> Transaction {
        let kinds = ["article", "note"]
        let records = (0..<random.pick([0, 1, 1, 2, 30])).map { index in
            RecordChanges(
                id: RecordID(rawValue: UInt128(index)), kind: random.pick(kinds),
                fields: (0..<random.pick([1, 1, 3])).map { field in
                    FieldChange(
                        field: "field \(field) é", value: content(using: &random),
                        replaces: names(using: &random))
                })
        }
        return Transaction(
            name: name(using: &random), previous: random.chance(1, in: 4) ? name(using: &random) : nil,
            stamp: Stamp(rawValue: random.pick(numbers)),
            author: random.pick(["", "Ana", "Lenín Ñáñez", "日本"]),
            isByProgram: random.chance(1, in: 2), records: records, observed: names(using: &random),
            note: random.chance(1, in: 4) ? note(using: &random) : nil,
            unknown: random.chance(1, in: 4) ? [0x0a, 0x61, 0x78, 0x18, 0x63, 0x82, 0x01, 0x02] : [])
    }

    static func referring(using random: inout SeededGenerator) -> ReferringTransaction {
        var told = ReferringTransaction(
            transaction(using: &random), keys: (0..<random.pick([1, 3, 30])).map { _ in random.next() })
        for _ in 0..<random.pick([0, 1, 2]) {
            var source = RecordSource(name(using: &random))
            for place in [0, 1, 7, 8, 9, 300, 9_000] where place == 9 || random.chance(1, in: 2) {
                _ = source.add(place)
            }
            if random.chance(1, in: 2) { told.sources.append(source) } else { told.lenders.append(source) }
        }
        return told
    }

    private static func content(using random: inout SeededGenerator) -> Content {
        if random.chance(1, in: 3) { return .hash(ValueHash(bytes: random.bytes(32))!) }
        return .text(Array(random.pick(["null", "true", "\"\"", "\"Hambre, año 1\"", "[1,2]"]).utf8))
    }

    private static func note(using random: inout SeededGenerator) -> ClockNote {
        ClockNote(
            offsetMilliseconds: random.pick([0, -1, 1, -86_400_000, .min, .max]),
            spans: (0..<random.pick([0, 1, 3])).map { _ in
                ClockNote.Span(last: name(using: &random), count: random.pick(numbers))
            })
    }

    static func entries(using random: inout SeededGenerator) -> [Vector.Entry] {
        (0..<random.pick([0, 1, 3, 30])).map { _ in
            let name = name(using: &random)
            return Vector.Entry(origin: name.origin, sequence: name.sequence, chain: chain(using: &random))
        }
    }

    static func header(using random: inout SeededGenerator) -> MessageHeader {
        var header = MessageHeader()
        header.schemaVersion = random.pick(numbers)
        header.archive = random.chance(1, in: 2) ? ArchiveID(bytes: random.bytes(16)) : nil
        header.clockMilliseconds = random.pick([.min, -1, 0, 1_700_000_000_000, .max])
        header.isClockSynchronized = random.chance(1, in: 2)
        header.vectorHash = UInt128.random(in: 0...UInt128.max, using: &random)
        header.digest = Digest(rawValue: UInt128.random(in: 0...UInt128.max, using: &random))
        header.position = random.pick(numbers)
        header.agreed =
            random.chance(1, in: 2)
            ? .init(position: random.pick(numbers), vectorHash: UInt128.random(in: 0...9, using: &random))
            : nil
        header.entries = entries(using: &random)
        header.isWholeVector = random.chance(1, in: 2)
        header.needsWholeVector = random.chance(1, in: 2)
        header.branchStarts = (0..<random.pick([0, 1, 5])).map { _ in chain(using: &random) }
        header.probes = names(using: &random)
        header.probed = entries(using: &random)
        // Disjoint and in order, as a reader wants them.
        header.ranges = (0..<UInt64(random.pick([0, 1, 64]))).map { number in
            .init(first: 100 * number + random.next() % 50, last: 100 * number + 50 + random.next() % 50)
        }
        if random.next() % 3 == 0 {
            header.question = KnowledgeQuestion(
                nonce: 7,
                ranges: (0..<UInt128(random.pick([0, 1, 64]))).map {
                    KnowledgeRange(first: $0 << 100, next: ($0 + 1) << 100, fingerprint: $0 * 3)
                })
        }
        if random.next() % 3 == 0 {
            var answer = KnowledgeAnswer()
            answer.count = 2
            answer.parts = [KnowledgeRange(first: 1 << 20, next: 1 << 90, fingerprint: 5)]
            answer.told = [ToldRange(range: KnowledgeRange(first: 1 << 91, next: 0))]
            answer.told[0].branchStarts = [chain(using: &random)]
            header.answer = answer
            header.lacks = [Origin(rawValue: 3)]
            header.branchStartsHash = 9
        }
        if random.next() % 3 == 0 {
            let outline = outline(using: &random)
            header.question = KnowledgeQuestion(nonce: 9, ranges: [], outline: outline)
            var answer = BriefAnswer()
            answer.count = outline.count
            answer.parts = Array(outline.prefix(3))
            if let last = outline.last {
                var told = BriefRange(range: last, firstIndex: random.pick(numbers))
                told.range.fingerprint = 0
                told.entries = entries(using: &random).map {
                    BriefEntry(tag: .max - 1, check: 1 << 8, sequence: $0.sequence)
                }
                told.branchStarts = [chain(using: &random)]
                answer.told = [told]
            }
            header.briefAnswer = answer
            header.behind = [.init(index: 0, sequence: 0), .init(index: 700, sequence: random.pick(numbers))]
        }
        header.rangeDigests = (0..<random.pick([0, 1, 64])).map { _ in
            .init(
                digest: Digest(rawValue: origin(using: &random).rawValue), headCount: random.pick(numbers))
        }
        header.wants = (0..<random.pick([0, 1, 5])).map { _ in
            .init(
                hash: ValueHash(bytes: random.bytes(32))!, offset: random.pick(numbers),
                place: random.chance(1, in: 2)
                    ? .init(
                        record: RecordID(rawValue: origin(using: &random).rawValue),
                        kind: random.pick(["article", "note", "é"]),
                        field: "body") : nil)
        }
        header.budgetBytes = random.pick(numbers)
        header.missingTexts = random.pick(numbers)
        header.compressionLevel = random.pick([.standard, .fast, .high])
        header.nonce = random.chance(1, in: 2) ? origin(using: &random).rawValue : nil
        header.proof = random.chance(1, in: 2) ? origin(using: &random).rawValue : nil
        header.sampleCount = random.pick(numbers)
        header.takesReferences = random.chance(1, in: 2)
        header.needsFullRecords = random.chance(1, in: 4)
        if random.chance(1, in: 3) {
            let keys = (0..<random.pick([1, 2, 300])).map { _ in random.next() }
            header.filter = KeyFilter(keys, salt: random.next(), isPartial: random.chance(1, in: 2))
        }
        if random.chance(1, in: 3) { header.inlineBytes = random.pick(numbers) }
        header.missingBytes = random.pick(numbers)
        header.contentDigests = (0..<random.pick([0, 1, 64])).map { _ in
            Digest(rawValue: origin(using: &random).rawValue)
        }
        return header
    }

    /// Ranges in order, some of which follow one another, with borders of all lengths.
    private static func outline(using random: inout SeededGenerator) -> [KnowledgeRange] {
        var ranges: [KnowledgeRange] = []
        var first: UInt128 = 0
        for number in 1...UInt128(random.pick([1, 2, 40])) {
            let next = number << 120 | UInt128(random.next()) << 16
            if random.chance(2, in: 3) {
                ranges.append(
                    KnowledgeRange(first: first, next: next, fingerprint: UInt128(random.next() >> 32)))
            }
            first = next
        }
        return ranges
    }

    /// A message, and the events that reading it must give.
    static func piece(using random: inout SeededGenerator) throws -> (
        bytes: [UInt8], events: [MessageReader.Event]
    ) {
        let header = header(using: &random)
        var events: [MessageReader.Event] = [.header(header)]
        var writer = try MessageWriter(header: header)
        for _ in 0..<random.pick([0, 1, 3, 8]) {
            if random.chance(1, in: 6) {
                let difference = TextDifference(
                    hash: ValueHash(bytes: random.bytes(32))!, base: ValueHash(bytes: random.bytes(32))!,
                    totalBytes: random.pick([0, 1, 24, 60_000, 1 << 20]),
                    bytes: random.bytes(random.pick([0, 1, 300])))
                try writer.append(difference)
                events.append(.item(.difference(difference)))
            } else if random.chance(1, in: 4) {
                let hash = ValueHash(bytes: random.bytes(32))!
                let bytes = random.bytes(random.pick([0, 1, 300, 70_000]))
                let (offset, total) = (random.pick(numbers), random.pick(numbers))
                try writer.append(textOf: hash, offset: offset, totalBytes: total, bytes: bytes[...])
                events.append(.item(.text(hash: hash, offset: offset, totalBytes: total, bytes: bytes)))
            } else if random.chance(1, in: 4) {
                let referring = referring(using: &random)
                try writer.append(referring, expandedCount: 1)
                events.append(.item(.referring(referring)))
            } else {
                let transaction = transaction(using: &random)
                try writer.append(transaction)
                events.append(.item(.transaction(transaction)))
            }
        }
        let end = MessageEnd(hasMore: random.chance(1, in: 2), ends: entries(using: &random))
        events.append(.end(end))
        return (try writer.finish(end), events)
    }
}

/// The error that `body` throws; nil when it throws none.
func failure(_ body: () throws -> Void) -> WireError? {
    do {
        try body()
        return nil
    } catch { return error as? WireError }
}
