internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuStorage

/// The fields of a record, and what an edit gives them.
///
/// Fields that a kind declares have properties. All fields, also custom ones that begin with `x-`, have subscripts:
///
///     try t.edit(id) { $0.title = "High water"; $0["publisher"] = "Press" }
///
/// Every assignment is written: assigning the value that a field already has confirms it.
public struct Fields: Sendable {
    static let tagPrefix = "tags/"
    /// The prefixes of fields in which imports store what a source contained.
    package static let sourcePrefix = SourceMemory.prefix
    private static let collectionPrefix = "collections/"

    /// In the order of their names, as the store has them.
    private var values: [QuipuStorage.Record.Field]
    /// In the order of their first assignment.
    private(set) var assigned: [(name: String, json: [UInt8])] = []
    /// The first field that was given a number which JSON does not have.
    private(set) var unwritable: String?

    /// - Parameter values: in the order of their UTF-8 names.
    init(_ values: [QuipuStorage.Record.Field] = []) { self.values = values }

    /// The names of fields that have a value, sorted; `SET/ELEMENT` for an element of a set.
    public var names: [String] { values.map(\.name) }

    /// A field's value; nil if it has none. Assigning nil removes it.
    public subscript(name: String) -> Value? {
        get { json(of: name.nfc).flatMap { Value(json: $0) }.flatMap { $0 == .null ? nil : $0 } }
        set {
            let value = newValue ?? .null
            guard value.isFinite else {
                unwritable = unwritable ?? name
                return
            }
            assign(name.nfc, value.json)
        }
    }

    /// A field's value as the archive keeps it: canonical JSON (RFC 8785) in UTF-8, numbers with all their digits. Nil where
    /// it has none; `null` if it was removed.
    ///
    ///     if let json = record.fields.json(of: "x-rating") { print(String(decoding: json, as: UTF8.self)) }
    public func json(of name: String) -> [UInt8]? { values.first { $0.name == name }?.json }

    /// All fields with their values, as `json(of:)` gives them, in the order of their names.
    package var all: [(name: String, json: [UInt8])] { values.map { ($0.name, $0.json) } }

    mutating func assign(_ name: String, _ json: [UInt8]) {
        put(name, json)
        if let index = assigned.firstIndex(where: { $0.name == name }) {
            assigned[index].json = json
        } else {
            assigned.append((name, json))
        }
    }

    private mutating func put(_ name: String, _ json: [UInt8]) {
        if let index = values.firstIndex(where: { $0.name == name }) {
            values[index].json = json
        } else {
            let index = values.firstIndex { name.utf8Precedes($0.name) } ?? values.count
            values.insert(QuipuStorage.Record.Field(name: name, json: json), at: index)
        }
    }

    /// With other values, none of them assigned.
    func replacing(_ others: [(name: String, json: [UInt8])]) -> Fields {
        var all = Fields(values)
        for (name, json) in others { all.put(name, json) }
        return all
    }

    /// A field that holds a string.
    package func string(_ name: String) -> String? { json(of: name).flatMap { decodeString($0) } }

    private mutating func assign(_ name: String, string: String?) {
        self[name] = string.map { .string($0) }
    }

    // MARK: what kinds declare

    public var title: String? {
        get { string("title") }
        set { assign("title", string: newValue) }
    }

    /// The text of an article, in Markdown.
    public var body: String? {
        get { string("body") }
        set { assign("body", string: newValue) }
    }

    /// The text of a note, or the remark of an annotation.
    public var text: String? {
        get { string("text") }
        set { assign("text", string: newValue) }
    }

    /// The name of a collection or an attachment.
    public var name: String? {
        get { string("name") }
        set { assign("name", string: newValue) }
    }

    /// As `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, with a time after it or without.
    public var date: String? {
        get { string("date") }
        set { assign("date", string: newValue) }
    }

    public var url: String? {
        get { string("url") }
        set { assign("url", string: newValue) }
    }

    public var doi: String? {
        get { string("doi") }
        set { assign("doi", string: newValue) }
    }

    /// Who wrote it; one author or several.
    public var authors: [String] {
        get {
            switch self["author"] {
            case .string(let one): [one]
            case .array(let several): several.compactMap(\.string)
            default: []
            }
        }
        set {
            self["author"] =
                newValue.isEmpty
                ? nil : newValue.count == 1 ? .string(newValue[0]) : .array(newValue.map { .string($0) })
        }
    }

    public var tags: ElementSet<String> {
        get { ElementSet(Set(elements(Self.tagPrefix))) }
        set { assign(newValue, under: Self.tagPrefix) { $0.nfc } }
    }

    /// The collections that an article is in.
    public var collections: ElementSet<RecordID> {
        get {
            ElementSet(
                Set(
                    elements(Self.collectionPrefix).compactMap { text in
                        QuipuCausality.RecordID(text: text).map {
                            RecordID($0, kind: RecordKind.collection.rawValue)
                        }
                    }))
        }
        set { assign(newValue, under: Self.collectionPrefix) { $0.uuid } }
    }

    /// The UUID of the record that an annotation, a note or an attachment belongs to.
    public var target: String? {
        get { string("target") }
        set { assign("target", string: newValue) }
    }

    /// The elements of a set-valued field, in the order of their names.
    package func elements(of set: String) -> [String] { elements(set + "/") }

    private func elements(_ prefix: String) -> [String] {
        values.filter { $0.name.hasPrefix(prefix) && $0.json == Array("true".utf8) }
            .map { String($0.name.dropFirst(prefix.count)) }
    }

    private mutating func assign<Element>(
        _ set: ElementSet<Element>, under prefix: String, _ name: (Element) -> String
    ) {
        for (element, isIn) in set.assigned { assign(prefix + name(element), Value.bool(isIn).json) }
    }
}
