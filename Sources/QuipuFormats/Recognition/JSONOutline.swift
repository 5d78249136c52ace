internal import QuipuCanonicalJSON

/// The shape of a JSON object as far as the beginning of a file shows it: which members it has and what kind of value
/// each holds. It judges nothing; what is no JSON gives a shape that is not much.
struct JSONOutline {
    indirect enum Shape {
        case text(String)
        case other
        /// An array whose first element is an object.
        case objects
        case object([Member])
    }

    struct Member {
        let name: String
        let shape: Shape
    }

    /// Names of members that hold the items of feeds, searches and exports.
    private static let namesOfItems: Set<String> = [
        "items", "articles", "entries", "entry", "results", "records", "docs", "documents", "data", "posts",
        "stories",
        "hits", "news", "list", "rows", "value", "works", "references", "publications", "response", "feed",
        "message",
    ]
    /// Names of members of one article that hold objects.
    private static let namesInArticles: Set<String> = [
        "attachments", "images", "media", "comments", "links", "contributors", "editors", "annotations",
        "highlights",
        "notes", "collections", "categories", "enclosures", "affiliations", "identifiers", "relations",
        "versions",
    ]
    private static let maximumDepth = 4
    private static let maximumTextBytes = 2_048

    let members: [Member]
    /// Behind the object, where it ends in what is seen.
    let end: Int?

    /// - Parameter content: begins with `{`.
    init(_ content: ArraySlice<UInt8>) {
        var scanner = Scanner(bytes: content, index: content.startIndex)
        members = scanner.object(depth: 0)
        end = scanner.isCut ? nil : scanner.index
    }

    func text(_ name: String) -> String? {
        guard case .text(let text)? = members.first(where: { $0.name == name })?.shape else { return nil }
        return text
    }

    /// The names that lead to the one array with the items; nil where the object is an article, or one of our records.
    var pathToItems: [String]? {
        if members.contains(where: { $0.name == LosslessRecord.marker || $0.name == "fields" }) { return nil }
        return Self.path(in: members, depth: 0)
    }

    private static func path(in members: [Member], depth: Int) -> [String]? {
        func holdsText(_ field: String) -> Bool {
            members.contains { member in
                guard case .text = member.shape else { return false }
                return FieldNames.places(of: member.name).contains { FieldNames.table[$0.row].field == field }
            }
        }
        if holdsText("body") { return nil }
        let lists = members.filter { member in
            guard case .objects = member.shape else { return false }
            return !FieldNames.isKnown(member.name)
                && !namesInArticles.contains(FieldNames.short(member.name))
        }
        if let named = lists.first(where: { namesOfItems.contains(FieldNames.short($0.name)) }) {
            return [named.name]
        }
        for member in members
        where depth < maximumDepth && namesOfItems.contains(FieldNames.short(member.name)) {
            guard case .object(let inner) = member.shape, let path = path(in: inner, depth: depth + 1) else {
                continue
            }
            return [member.name] + path
        }
        let isArticle = ["title", "url", "doi"].contains(where: holdsText)
        return lists.count == 1 && !isArticle ? [lists[0].name] : nil
    }

    /// Goes over the bytes by brackets and quotation marks alone.
    private struct Scanner {
        let bytes: ArraySlice<UInt8>
        var index: Int
        /// The end came before the object's.
        var isCut = false

        mutating func object(depth: Int) -> [Member] {
            var members: [Member] = []
            index += 1
            while let byte = next() {
                switch byte {
                case UInt8(ascii: "}"):
                    index += 1
                    return members
                case UInt8(ascii: ","): index += 1
                case UInt8(ascii: "\""):
                    let name = string()
                    guard next() == UInt8(ascii: ":") else { return cut(members) }
                    index += 1
                    guard next() != nil else { return cut(members) }
                    let shape = value(depth: depth)
                    if let name, members.count < SourceLimits.maximumFields { members.append(Member(name: name, shape: shape)) }
                default: return cut(members)
                }
            }
            return cut(members)
        }

        private mutating func cut(
            _ members: [Member]
        ) -> [Member] {
            isCut = true
            index = bytes.endIndex
            return members
        }

        private mutating func value(depth: Int) -> Shape {
            guard let first = next() else { return .other }
            switch first {
            case UInt8(ascii: "\""): return string().map { .text($0) } ?? .other
            case UInt8(ascii: "{") where depth < JSONOutline.maximumDepth:
                return .object(object(depth: depth + 1))
            case UInt8(ascii: "["):
                let inner = bytes[(index + 1)...].first { !ForeignFormat.isSpace($0) }
                skip()
                return inner == UInt8(ascii: "{") ? .objects : .other
            default:
                skip()
                return .other
            }
        }

        /// Passes over one value.
        private mutating func skip() {
            var depth = 0
            while let byte = next() {
                switch byte {
                case UInt8(ascii: "\""):
                    _ = string()
                    if depth == 0 { return }
                case UInt8(ascii: "{"), UInt8(ascii: "["):
                    depth += 1
                    index += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    if depth == 0 { return }
                    depth -= 1
                    index += 1
                    if depth == 0 { return }
                case UInt8(ascii: ",") where depth == 0: return
                default: index += 1
                }
            }
            isCut = true
        }

        /// The string at `index`, which goes on behind it; nil for one that is cut, or too long to be of use.
        private mutating func string() -> String? {
            let start = index
            index += 1
            while index < bytes.endIndex, bytes[index] != UInt8(ascii: "\"") {
                index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
            }
            guard index < bytes.endIndex else {
                index = bytes.endIndex
                isCut = true
                return nil
            }
            index += 1
            let text = bytes[start..<index]
            return text.count <= JSONOutline.maximumTextBytes
                ? (try? JSONParser().parse(text))?.string ?? "" : ""
        }

        private mutating func next() -> UInt8? {
            while index < bytes.endIndex, ForeignFormat.isSpace(bytes[index]) { index += 1 }
            return index < bytes.endIndex ? bytes[index] : nil
        }
    }
}
