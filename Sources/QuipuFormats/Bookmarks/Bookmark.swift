internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// A link of a file of bookmarks, until it is whole.
struct Bookmark {
    private static let maximumTitleBytes = 64 << 10
    private static let maximumDescriptionBytes = 1 << 20
    private static let maximumAttributeBytes = 4 << 10

    let place: SourcePlace
    let folders: [String]
    private let attributes: [(name: String, value: String)]
    private var title: [UInt8] = []
    private var description: [UInt8] = []

    /// Pictures, which say nothing, and what is read into fields.
    private static let notKept: Set<String> = [
        "href", "add_date", "last_modified", "tags", "icon", "time_added",
    ]

    init(place: SourcePlace, folders: [String], attributes: [(name: String, value: String)]) {
        self.place = place
        self.folders = folders
        self.attributes = attributes
    }

    mutating func addToTitle(_ text: [UInt8]) {
        if title.count <= Self.maximumTitleBytes { title += text }
    }

    mutating func addToDescription(_ text: [UInt8]) {
        if description.count <= Self.maximumDescriptionBytes { description += text }
    }

    /// Whether it is a query of Firefox or a script: no page that can be read elsewhere.
    var leadsToNoPage: Bool {
        let address = WhiteSpace.trimmed(value("href") ?? "").prefix(16).lowercased()
        return ["place:", "javascript:"].contains { address.hasPrefix($0) }
    }

    static func remark(withoutPage count: Int) -> String? {
        switch count {
        case 0: nil
        case 1: "passed over 1 bookmark: a query or a script, and no page"
        default: "passed over \(count) bookmarks: queries or scripts, and no pages"
        }
    }

    func item() throws(Rejection) -> SourceItem {
        let address = WhiteSpace.trimmed(value("href") ?? "")
        guard URLReference.resolve(address, base: String?.none) != nil, !address.hasPrefix("mailto:") else {
            let start = String(address.prefix(40))
            throw Rejection(
                address.isEmpty
                    ? "it has no address"
                    : "its address is none of a page that can be read elsewhere: \(start)")
        }
        guard title.count <= Self.maximumTitleBytes else {
            throw Rejection("its title is longer than \(Self.maximumTitleBytes) bytes")
        }
        guard description.count <= Self.maximumDescriptionBytes else {
            throw Rejection("its description is longer than \(Self.maximumDescriptionBytes) bytes")
        }
        var members = [JSONMember(name: "url", value: .string(address))]
        func add(_ name: String, _ value: String?) {
            if let value, !value.isEmpty { members.append(JSONMember(name: name, value: .string(value))) }
        }
        add("title", Self.line(title))
        add("abstract", Self.lines(description))
        add("date", time("add_date") ?? time("time_added"))
        add("modified", time("last_modified"))
        add("tags", value("tags"))
        for attribute in attributes where !Self.notKept.contains(attribute.name) {
            if attribute.value.utf8.count <= Self.maximumAttributeBytes {
                add("x-" + attribute.name, attribute.value)
            }
        }
        var relations = SourceRelations.none
        if !folders.isEmpty { relations.collections = [folders] }
        return try ArticleMapping.item(from: members, place: place, relations: relations)
    }

    private func value(_ name: String) -> String? { attributes.first { $0.name == name }?.value }

    /// Since 1970 in seconds or finer, or in Chromium's microseconds since 1601; 0 is never.
    private func time(_ name: String) -> String? {
        guard let text = value(name), let number = Double(text), number > 0 else { return nil }
        let isSince1601 = number >= 1e16 && number < 2e16
        guard isSince1601 else { return EpochTime.read(number) ?? text }
        return EpochTime.read(((number - 11_644_473_600_000_000) / 1_000_000).rounded(.down))
    }

    static func line(_ text: [UInt8]) -> String {
        String(decoding: text, as: UTF8.self).unicodeScalars.split(whereSeparator: WhiteSpace.contains).map {
            String($0)
        }.joined(separator: " ")
    }

    /// Lines without the spaces that they are indented with.
    private static func lines(_ text: [UInt8]) -> String {
        let lines = text.split(separator: 0x0A, omittingEmptySubsequences: false).map { line(Array($0)) }
        return WhiteSpace.trimmed(lines.joined(separator: "\n"))
    }
}
