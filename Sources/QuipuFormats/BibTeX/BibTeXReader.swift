internal import QuipuNaturalKeys

/// Reads BibTeX and BibLaTeX: each entry is an article; its notes and files follow it.
struct BibTeXReader: SourceReader {
    let formatName = "BibTeX"
    private let name: String
    private var scanner: BibTeXScanner
    private var inheritance = BibTeXInheritance()
    private var strings: [String: String] = [:]
    private var stringBytes = 0
    private var pending: ArraySlice<SourceEvent> = []
    private var count = 0
    private var isEncodingTold = false
    private var hasEnded = false
    private static let maximumStringBytes = 4 << 20

    init(_ source: ByteSource, byteOffset: Int, isConverted: Bool) {
        name = source.name
        scanner = BibTeXScanner(source, byteOffset: byteOffset)
        if isConverted { remark("it is UTF-16 and was converted to UTF-8") }
    }

    mutating func next() throws(InterchangeError) -> SourceEvent? {
        while true {
            if let event = pending.popFirst() { return event }
            if hasEnded { return nil }
            guard let piece = try scanner.next() else {
                hasEnded = true
                for entry in inheritance.finish() { emit(entry) }
                continue
            }
            switch piece {
            case .rejected(let place, let reason): return .rejected(place, reason: reason)
            case .entry(let entry): take(entry)
            }
        }
    }

    private mutating func remark(_ text: String) {
        pending.append(.remark(SourcePlace(file: name, line: 1, byteOffset: 0), text))
    }

    private mutating func take(_ raw: BibTeXScanner.Entry) {
        switch raw.type {
        case "comment", "preamble": return
        case "string": return takeString(raw)
        case "set":
            // It names entries that stand by themselves.
            pending.append(
                .remark(
                    raw.place, "a @set is no article, and was passed over; the entries that it names are read"
                ))
            return
        default: break
        }
        var fields = BibTeXFields(raw.content, strings: strings)
        var isEnded = raw.isClosed
        var entry = BibTeXEntry(type: raw.type, key: fields.key(), fields: [], place: raw.place)
        var names: Set<String> = []
        do throws(Rejection) {
            while let field = try fields.next() {
                guard entry.fields.count < SourceLimits.maximumFields else {
                    throw Rejection("it has more than \(SourceLimits.maximumFields) fields")
                }
                if names.insert(field.name).inserted { entry.fields.append(field) }
            }
        } catch {
            // A line that is no entry, such as a sentence with an address.
            if entry.fields.isEmpty, !raw.isClosed || entry.key.isEmpty || entry.key.contains(" ") {
                pending.append(.rejected(raw.place, reason: "the entry is not closed, or has no fields"))
                return
            }
            // A bracket that a backslash stands before was counted, and is none: then the entry's own is left.
            isEnded = isEnded || fields.isAtLastBracket
            if !isEnded {
                pending.append(
                    .rejected(
                        raw.place, reason: "the entry `\(shown(entry.key))` is not closed: \(error.reason)"))
                return
            }
            if !fields.isAtLastBracket {
                entry.remarks.append(
                    "what follows its first \(entry.fields.count) fields could not be read: \(error.reason)")
            }
        }
        if entry.fields.isEmpty {
            pending.append(.rejected(raw.place, reason: "the entry `\(shown(entry.key))` has no fields"))
            return
        }
        guard isEnded else {
            pending.append(.rejected(raw.place, reason: "the entry `\(shown(entry.key))` is not closed"))
            return
        }
        if !fields.undefined.isEmpty {
            entry.remarks.append(
                "no @string defines \(fields.undefined.prefix(4).map { "`\(shown($0))`" }.joined(separator: ", "))"
            )
        }
        if fields.isConverted, !isEncodingTold {
            isEncodingTold = true
            remark(LegacyText.remark)
        }
        for entry in inheritance.take(entry) { emit(entry) }
    }

    private func shown(_ text: String) -> String { String(text.prefix(64)) }

    private mutating func takeString(_ raw: BibTeXScanner.Entry) {
        var fields = BibTeXFields(raw.content, strings: strings)
        do throws(Rejection) {
            while let field = try fields.next() {
                stringBytes += field.name.utf8.count + field.value.utf8.count
                guard stringBytes <= Self.maximumStringBytes else {
                    throw Rejection("the texts of @string are longer than \(Self.maximumStringBytes) bytes")
                }
                strings[field.name] = field.value
            }
        } catch {
            pending.append(.rejected(raw.place, reason: "a @string cannot be read: \(error.reason)"))
        }
    }

    private mutating func emit(_ entry: BibTeXEntry) {
        count += 1
        pending += BibTeXMapping.draft(of: entry).events(place: entry.place, key: String(count))
        for text in entry.remarks { pending.append(.remark(entry.place, text)) }
    }
}
