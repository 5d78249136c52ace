internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// Writes articles as one array of CSL-JSON. Members that an import of CSL-JSON kept are written again; fields of other
/// formats under the member that means the same.
public struct CSLWriter: RecordWriter {
    private let sink: ([UInt8]) throws -> Void
    private var keys = CitationKeys()
    private var count = 0
    public private(set) var lost: [String: Int] = [:]

    /// `sink` is given pieces of the array; `finish` closes it.
    public init(sink: @escaping ([UInt8]) throws -> Void) { self.sink = sink }

    public mutating func write(_ record: ExportRecord) throws {
        guard record.kind == "article" else {
            lost["[\(record.kind)]", default: 0] += 1
            return
        }
        var reference = try ExportedReference(record)
        let type = reference.type
        var members: [JSONMember] = []
        func add(_ name: String, _ value: JSONValue) {
            if !members.contains(where: { $0.name == name }) {
                members.append(JSONMember(name: name, value: value))
            }
        }
        let isOwn = reference.peek("x-type")?.string.flatMap(ReferenceType.csl) != nil
        add("type", .string(isOwn ? reference.peek("x-type")?.string ?? type.csl : type.csl))
        reference.dropTypes()
        let authors = reference.takeAuthors()
        let date = reference.takeText("date")
        let key = keys.key(of: &reference, authors: authors, date: date)
        add("id", reference.take("x-id") ?? .string(key))
        if let title = reference.takeText("title") {
            let marked = reference.peek("x-title")?.string ?? ""
            let isMarked = NameParts.collapsed(InlineMarkup.stripped(marked)) == title
            if isMarked { _ = reference.take("x-title") }
            add("title", .string(isMarked ? marked : title))
        }
        if !authors.isEmpty { add("author", .array(authors.map(CSLName.write))) }
        for (role, names) in reference.takePeople() {
            guard let row = ReferenceField.people.first(where: { $0.zotero == role }) else {
                lost["x-" + role, default: 0] += 1
                continue
            }
            add(row.csl, .array(names.map(CSLName.write)))
        }
        if let date { add("issued", issued(date, &reference)) }
        if let doi = reference.takeText("doi") { add("DOI", .string(doi)) }
        if let url = reference.takeText("url") { add("URL", .string(url)) }
        if let abstract = reference.takeText("abstract") { add("abstract", .string(abstract)) }
        if let publisher = reference.takeText("publisher") {
            add(type.isInPeriodical ? "container-title" : "publisher", .string(publisher))
        }
        if let language = reference.takeText("language") {
            let written = reference.peek("x-language")?.string
            let isSame = written.flatMap(LanguageName.tag) == language
            if isSame { _ = reference.take("x-language") }
            add("language", .string(isSame ? written ?? language : language))
        }
        // Readers of keywords take a comma for the end of one.
        for tag in reference.tags where tag.contains(",") { lost["tags", default: 0] += 1 }
        if !reference.tags.isEmpty { add("keyword", .string(Self.keyword(reference.tags))) }
        for (name, value) in kept(&reference, isOwn) { add(name, value) }
        for name in reference.left { lost[name, default: 0] += 1 }
        members.sort { precedesInUTF16($0.name, $1.name) }
        let start = count == 0 ? "[\n" : ",\n"
        count += 1
        try sink(Array(start.utf8) + JSONValue.object(members).canonicalBytes())
    }

    public mutating func finish() throws { try sink(Array((count == 0 ? "[]\n" : "\n]\n").utf8)) }

    /// One text with commas, as CSL wants it.
    private static func keyword(_ tags: [String]) -> String {
        tags.map { $0.contains(",") ? NameParts.collapsed($0.replacing(",", with: " ")) : $0 }.joined(
            separator: ", ")
    }

    /// As it was kept where that is still the date; else in parts.
    private mutating func issued(_ date: String, _ reference: inout ExportedReference) -> JSONValue {
        if let written = reference.peek("x-issued") {
            let text = ["raw", "literal"].lazy.compactMap { written[$0]?.string }.first
            if SourceDate.read(written)?.value.string == date
                || text.flatMap({ LooseDate.read($0)?.date }) == date
            {
                _ = reference.take("x-issued")
                return written
            }
        }
        let day = date.prefix { $0 != "T" }
        if day.count < date.count { lost["date", default: 0] += 1 }
        return Self.parts(String(day))
    }

    private static func parts(_ day: String) -> JSONValue {
        let parts = day.split(separator: "-").compactMap { Int($0) }.map { JSONValue.number(Double($0)) }
        return .object([JSONMember(name: "date-parts", value: .array([.array(parts)]))])
    }

    private func kept(_ reference: inout ExportedReference, _ isOwn: Bool) -> [(
        name: String, value: JSONValue
    )] {
        var members: [(name: String, value: JSONValue)] = []
        if let pages = reference.takeKept(["page", "pages", "PG", "%P"]) {
            members.append(("page", .string(PageRange.plain(pages))))
        }
        if let first = reference.takeKept(["SP"]) {
            let last = reference.takeKept(["EP"])
            members.append(("page", .string(last.map { "\(first)-\($0)" } ?? first)))
        }
        for name in ReferenceField.accessed {
            guard let value = reference.peek("x-" + name), reference.take("x-" + name) != nil else {
                continue
            }
            if value.members != nil {
                members.append(("accessed", value))
            } else if let text = value.string, let date = SourceDate.read(text)?.value.string {
                members.append(("accessed", Self.parts(String(date.prefix { $0 != "T" }))))
            } else if let text = value.string {
                members.append(("accessed", .object([JSONMember(name: "raw", value: .string(text))])))
            }
        }
        if isOwn {
            for name in reference.keptNames where Self.isName(name) {
                if let value = reference.take("x-" + name) { members.append((name, value)) }
            }
        }
        for row in ReferenceField.texts {
            guard let name = row.csl, let text = reference.takeKept(row.names) else { continue }
            members.append((name, .string(text)))
        }
        if let number = reference.takeKept(["SN"]) {
            members.append((number.filter(\.isNumber).count > 8 ? "ISBN" : "ISSN", .string(number)))
        }
        return members
    }

    /// A name that CSL-JSON may have: of small letters and hyphens, or one of its few others.
    private static func isName(_ name: String) -> Bool {
        ["ISBN", "ISSN", "PMID", "PMCID", "custom"].contains(name)
            || name.utf8.allSatisfy {
                ($0 | 0x20) == $0 && ASCII.isLetter($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
            }
    }
}
