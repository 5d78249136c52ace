internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuStorage

/// The fields of a record, and what an edit gives them.
///
/// Fields that a kind declares have properties. All fields, also custom ones that begin with `x-`, have subscripts:
///
///     try t.edit(id) { $0.title = "High water"; $0["publisher"] = "Press" }
///
/// Every assignment is written: assigning the value that a field already has confirms it. Of a set that is assigned as a whole, the
/// elements that it adds and those that it lacks are written.
public struct Fields: Sendable {
    static let tagPrefix = "tags/"
    /// The prefixes of fields in which imports store what a source contained.
    package static let sourcePrefix = SourceMemory.prefix
    private static let collectionPrefix = "collections/"

    /// In the order of their names, as the store has them.
    private var values: [QuipuStorage.Record.Field]
    /// In the order of their first assignment.
    private(set) var assigned: [(name: String, json: [UInt8])] = []
    /// Where each of them is.
    private var places: [String: Int] = [:]
    /// The tags and the collections as they were read last: a set that grows by one element is not read again.
    private var readTags: ElementSet<String>?
    private var readCollections: ElementSet<RecordID>?
    /// Why the last values of fields cannot be written, in the order of their assignment.
    private(set) var refused: [(name: String, refusal: FieldRefusal)] = []

    /// - Parameter values: in the order of their UTF-8 names.
    init(_ values: [QuipuStorage.Record.Field] = []) { self.values = values }

    /// The names of all fields that have or had a value, sorted; `SET/ELEMENT` for an element of a set. The value of one that was
    /// removed is nil, of an element `false`.
    public var names: [String] { values.map(\.name) }

    /// A field's value; nil if it has none. Assigning nil removes it.
    public subscript(name: String) -> Value? {
        get {
            // `nil` where a value is expected is `.null`, so that is not written in an expression.
            guard let json = json(of: name.nfc), let value = Value(json: json), value != .null else {
                return nil
            }
            return value
        }
        set {
            let (name, value) = (name.nfc, newValue ?? .null)
            if let refusal = value.refusal(for: name) {
                refuse(name, refusal)
            } else {
                assign(name, value.json)
            }
        }
    }

    /// A field's value as the archive keeps it: canonical JSON (RFC 8785) in UTF-8, numbers with all their digits. Nil where
    /// it has none; `null` if it was removed.
    ///
    ///     if let json = record.fields.json(of: "x-rating") { print(String(decoding: json, as: UTF8.self)) }
    public func json(of name: String) -> [UInt8]? {
        let place = place(of: name)
        return place.isThere ? values[place.index].json : nil
    }

    /// All fields with their values, as `json(of:)` gives them, in the order of their names.
    package var all: [(name: String, json: [UInt8])] { values.map { ($0.name, $0.json) } }

    mutating func assign(_ name: String, _ json: [UInt8]) {
        refused.removeAll { $0.name == name }
        put(name, json)
        if let index = places[name] {
            assigned[index].json = json
        } else {
            places[name] = assigned.count
            assigned.append((name, json))
        }
    }

    private mutating func put(_ name: String, _ json: [UInt8]) {
        if readTags != nil, name.hasPrefix(Self.tagPrefix) { readTags = nil }
        if readCollections != nil, name.hasPrefix(Self.collectionPrefix) { readCollections = nil }
        let place = place(of: name)
        if place.isThere {
            values[place.index].json = json
        } else {
            values.insert(QuipuStorage.Record.Field(name: name, json: json), at: place.index)
        }
    }

    private mutating func refuse(_ name: String, _ refusal: FieldRefusal) {
        refused.removeAll { $0.name == name }
        refused.append((name, refusal))
    }

    /// Where a field is among the values, or where it belongs.
    private func place(of name: String) -> (index: Int, isThere: Bool) {
        var (low, high) = (0, values.count)
        while low < high {
            let middle = low + (high - low) / 2
            if values[middle].name.utf8Precedes(name) { low = middle + 1 } else { high = middle }
        }
        return (low, low < values.count && values[low].name.utf8.elementsEqual(name.utf8))
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
        get { readTags ?? ElementSet(Set(elements(Self.tagPrefix))) }
        set { assign(newValue, over: tags, under: Self.tagPrefix) { $0.nfc } }
        _modify {
            var set = tags
            readTags = nil
            let reading = set.begin()
            defer {
                if set.comes(from: reading) {
                    let isAsKept = assign(changesOf: set, under: Self.tagPrefix) { $0.nfc }
                    set.end()
                    readTags = isAsKept ? set : nil
                } else {
                    tags = set
                }
            }
            yield &set
        }
    }

    /// The collections that an article is in.
    public var collections: ElementSet<RecordID> {
        get {
            readCollections
                ?? ElementSet(
                    Set(
                        elements(Self.collectionPrefix).compactMap { text in
                            QuipuCausality.RecordID(text: text).map {
                                RecordID($0, kind: RecordKind.collection.rawValue)
                            }
                        }))
        }
        set {
            assign(newValue, over: collections, under: Self.collectionPrefix) { $0.uuid }
            for id in newValue { refuseOther(id) }
        }
        _modify {
            var set = collections
            readCollections = nil
            let reading = set.begin()
            defer {
                if set.comes(from: reading) {
                    let isAsKept = assign(changesOf: set, under: Self.collectionPrefix) { $0.uuid }
                    let others = set.assigned.keys.filter { $0.kind != .collection && set.contains($0) }
                    for id in others { refuseOther(id) }
                    set.end()
                    readCollections = isAsKept && others.isEmpty ? set : nil
                } else {
                    collections = set
                }
            }
            yield &set
        }
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

    private mutating func refuseOther(_ id: RecordID) {
        guard id.kind != .collection else { return }
        refuse(
            Self.collectionPrefix + id.uuid,
            FieldRefusal("\(id.kind) \(id.handle) is no collection, and nothing can be put into it"))
    }

    /// Writes the changes that a set noted since it was read from these fields.
    ///
    /// - Returns: whether a reading of the fields would give the same elements, spelled the same.
    private mutating func assign<Element>(
        changesOf set: ElementSet<Element>, under prefix: String, _ name: (Element) -> String
    ) -> Bool {
        var isAsKept = true
        for (element, isIn) in set.assigned {
            let kept = name(element)
            // An element that was inserted and removed again was never there.
            if !isIn, json(of: prefix + kept) != JSONLiteral.true { continue }
            assign(prefix + kept, Value.bool(isIn).json)
            if let text = element as? String, !text.utf8.elementsEqual(kept.utf8) { isAsKept = false }
        }
        return isAsKept
    }

    /// - Parameter present: what the set holds now.
    private mutating func assign<Element>(
        _ set: ElementSet<Element>, over present: ElementSet<Element>, under prefix: String,
        _ name: (Element) -> String
    ) {
        for (element, isIn) in set.changes(from: present) {
            assign(prefix + name(element), Value.bool(isIn).json)
        }
    }
}

/// Why a field cannot be given a value. The transaction that was to write it throws it as `wrongType`.
struct FieldRefusal: Sendable {
    let message: String
    let hint: String?

    init(_ message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }
}
