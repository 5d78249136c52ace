internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuNaturalKeys
internal import QuipuTextFolding

/// What queries and sorted listings ask of a record beside its words: a row of `card` and one of `heading`
/// (`Schema/index.sql`).
struct RecordCard {
    struct Flags: OptionSet {
        let rawValue: Int64
        static let isDeleted = Flags(rawValue: 1)
        static let isOrphaned = Flags(rawValue: 2)
        static let isIncomplete = Flags(rawValue: 4)
    }

    /// By the beginning of what it is called a record is sorted.
    private static let captionBytes = 60
    /// More of a field than anybody asks for is not held twice.
    private static let headingBytes = 4 << 10

    var days: ClosedRange<Int64>?
    var moment: Int64?
    var language: String?
    var address: String?
    var doi: String?
    var caption: [UInt8]
    var title: [UInt8] = []
    var author: [UInt8] = []

    init(of fields: VisibleFields, _ folder: inout WordFolder) {
        if let date = fields["date"].flatMap({ decodeString($0) }), let days = QueryDays.period(date) {
            self.days = days
            moment = days.lowerBound * 86_400 + Self.secondsOfDay(date)
        }
        language = fields["language"].flatMap { decodeString($0) }.flatMap {
            $0.isEmpty || $0.utf8.count > Self.headingBytes ? nil : $0.lowercased()
        }
        address = fields["url"].flatMap { decodeString($0) }.flatMap { AddressKey(url: $0)?.text }
        doi = fields["doi"].flatMap { decodeString($0) }.flatMap { CanonicalDOI.canonicalize($0) }
        let title = (fields["title"] ?? fields["name"]).flatMap { decodeString($0) }
        if let title { folder.append(wordsOf: Self.beginning(of: title), to: &self.title) }
        caption = self.title
        if caption.isEmpty, let text = Record.caption({ fields[$0] }) {
            folder.append(wordsOf: Self.beginning(of: text), to: &caption)
        }
        caption = Self.prefix(of: caption, bytes: Self.captionBytes)
        for name in Self.authors(fields["author"]) {
            // No phrase goes from one name into the next.
            if !author.isEmpty { author.append(contentsOf: Array("¶ ".utf8)) }
            folder.append(wordsOf: name, to: &author)
            if author.count > Self.headingBytes { break }
        }
    }

    static func authors(_ json: [UInt8]?) -> [String] {
        guard let json else { return [] }
        if let name = decodeString(json) { return [name] }
        return (try? JSONParser().parse(json))?.array?.compactMap(\.string) ?? []
    }

    private static func beginning(of text: String) -> String {
        if text.utf8.count <= headingBytes { return text }
        return String(decoding: prefix(of: Array(text.utf8), bytes: headingBytes), as: UTF8.self)
    }

    /// Whole code points.
    private static func prefix(of bytes: [UInt8], bytes count: Int) -> [UInt8] {
        if bytes.count <= count { return bytes }
        var end = count
        while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        return Array(bytes[..<end])
    }

    /// Of a date with a time, as it is written there.
    private static func secondsOfDay(_ date: String) -> Int64 {
        let bytes = Array(date.utf8)
        guard bytes.count >= 19 else { return 0 }
        func number(_ place: Int) -> Int64 { Int64(bytes[place] &- 48) * 10 + Int64(bytes[place + 1] &- 48) }
        return number(11) * 3_600 + number(14) * 60 + number(17)
    }
}

/// A web address by which records are found that have it, or that lie below it: the labels of the host from the last to
/// the first, then the port and the path.
struct AddressKey {
    let text: String

    /// - Parameter url: with its scheme.
    init?(url: String) {
        guard let canonical = CanonicalURL.canonicalize(url) else { return nil }
        self.init(canonical: canonical)
    }

    /// - Parameter typed: an address, a host, or the beginning of one with or without its scheme.
    init?(typed: String) {
        let hasScheme = typed.utf8.contains(UInt8(ascii: ":")) && typed.contains("://")
        guard let canonical = CanonicalURL.canonicalize(hasScheme ? typed : "https://" + typed) else {
            return nil
        }
        self.init(canonical: canonical)
    }

    private init?(canonical: String) {
        let scheme = "https://"
        guard canonical.hasPrefix(scheme) else { return nil }
        let rest = canonical.dropFirst(scheme.count)
        let end = rest.firstIndex { "/?#:".contains($0) } ?? rest.endIndex
        let host = rest[..<end].split(separator: ".", omittingEmptySubsequences: false).reversed()
        let path = rest[end...]
        text = host.joined(separator: ".") + (path == "/" ? "" : path)
    }

    /// The host of a key that has no path, as people write it.
    static func host(_ key: String) -> String {
        key.split(separator: ".", omittingEmptySubsequences: false).reversed().joined(separator: ".")
    }

    /// Whether an address is this one or lies below it: a host below a host, a page below a folder.
    static func isBelow(_ address: String, _ start: String) -> Bool {
        guard address.utf8.starts(with: start.utf8) else { return false }
        let rest = address.utf8.dropFirst(start.utf8.count)
        guard let next = rest.first else { return true }
        if start.utf8.last == UInt8(ascii: "/") { return true }
        let hasPath = start.utf8.contains { "/?#".utf8.contains($0) }
        return "/?#".utf8.contains(next) || !hasPath && ".:".utf8.contains(next)
    }
}
