internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// A record as the writers of references see it: they take what their format has a place for, and what is left is lost.
struct ExportedReference {
    let id: String
    let kind: String
    private var values: [(name: String, value: JSONValue)] = []
    private var placeByName: [String: Int] = [:]
    private var isTaken: [Bool] = []
    let tags: [String]

    /// Fields that say how the archive came to a record, and not what the record is about.
    private static let bookkeeping = ["from/", "derived/", "deleted", "mergedInto", "merge/"]

    /// - Throws: `InterchangeError` for a record that is damaged.
    init(_ record: ExportRecord) throws(InterchangeError) {
        (id, kind) = (record.id, record.kind)
        var tags: [String] = []
        for field in try record.checked() {
            if field.name.hasPrefix("tags/") {
                if field.value == Array("true".utf8) { tags.append(String(field.name.dropFirst("tags/".count))) }
                continue
            }
            if Self.bookkeeping.contains(where: { field.name.hasPrefix($0) }) || field.value == Array("null".utf8) { continue }
            guard let value = try? JSONParser(extraDepth: 2).parse(field.value) else { continue }
            placeByName[field.name] = values.count
            values.append((field.name, value))
        }
        self.tags = tags
        isTaken = Array(repeating: false, count: values.count)
    }

    /// Looks at a field without taking it.
    func peek(_ name: String) -> JSONValue? { placeByName[name].map { values[$0].value } }

    mutating func take(_ name: String) -> JSONValue? {
        guard let place = placeByName[name], !isTaken[place] else { return nil }
        isTaken[place] = true
        return values[place].value
    }

    /// A text, a number, or the texts of a list with `; ` between them.
    mutating func takeText(_ name: String) -> String? {
        guard let value = peek(name), let text = Self.text(value), take(name) != nil else { return nil }
        return text
    }

    /// The first of the kept fields that there is.
    mutating func takeKept(_ names: [String]) -> String? {
        names.lazy.compactMap { [self] name in
            peek("x-" + name).flatMap(Self.text) == nil || isTakenField("x-" + name) ? nil : name
        }.first.flatMap { takeText("x-" + $0) }
    }

    func isTakenField(_ name: String) -> Bool { placeByName[name].map { isTaken[$0] } ?? true }

    /// Fields that begin with `x-` and were not taken, without that.
    var keptNames: [String] {
        values.indices.filter { !isTaken[$0] && values[$0].name.hasPrefix("x-") }.map { String(values[$0].name.dropFirst(2)) }
    }

    /// What no call has taken, by name.
    var left: [String] {
        values.indices.filter { !isTaken[$0] }.map {
            let name = values[$0].name
            return name.hasPrefix("collections/") ? "collections" : name
        }
    }

    /// Takes what only says which type of reference it is.
    mutating func dropTypes() {
        for name in ["x-itemType", "x-TY", "x-entrytype", "x-%0"] { _ = take(name) }
        if let name = peek("x-type")?.string, ReferenceType.csl(name) != nil { _ = take("x-type") }
    }

    static func text(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text): SourceValue.isBlank(text) ? nil : text
        case .number, .bool: value.canonicalText
        case .array(let elements):
            elements.isEmpty || !elements.allSatisfy({ $0.string != nil || $0.number != nil })
                ? nil : elements.compactMap(text).joined(separator: "; ")
        case .object, .null: nil
        }
    }

    /// The texts of a value, one for each that a list has.
    static func texts(_ value: JSONValue) -> [String] { value.array.map { $0.compactMap(text) } ?? text(value).map { [$0] } ?? [] }

    /// What the record is, by what any of the formats said.
    var type: ReferenceType {
        if let name = peek("x-itemType")?.string, let type = ReferenceType.zotero(name) { return type }
        if let name = peek("x-TY")?.string, let type = ReferenceType.ris(name) { return type }
        if let name = peek("x-entrytype")?.string, let type = ReferenceType.bibTeX(name) { return type }
        if let name = peek("x-type")?.string, let type = ReferenceType.csl(name) { return type }
        return peek("url") == nil ? ReferenceType.document : ReferenceType.page
    }
}
