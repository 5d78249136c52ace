internal import QuipuCausality

/// Takes a query's text apart.
struct QueryScanner {
    enum Token: Equatable {
        case open, close, or, and
        /// `-` before a term, or `NOT`.
        case not
        case term(Query.Node)
    }

    private let scalars: [Unicode.Scalar]
    private var index = 0
    private(set) var notes: [QueryNote] = []

    init(_ text: String) {
        if text.utf8.count <= Query.maximumBytes {
            scalars = Array(text.unicodeScalars)
        } else {
            let cut = text.utf8.index(text.startIndex, offsetBy: Query.maximumBytes)
            let end = text.unicodeScalars.indices.last { $0 <= cut } ?? text.startIndex
            scalars = Array(text.unicodeScalars[..<end])
            notes.append(
                .init(
                    .cutShort,
                    "the query is longer than \(Query.maximumBytes >> 10) KiB; the rest is left out"))
        }
    }

    mutating func tokens() -> [Token] {
        var tokens: [Token] = []
        var count = 0
        while let token = next() {
            if case .term = token {
                count += 1
                if count == Query.maximumTerms + 1 {
                    notes.append(
                        .init(
                            .cutShort,
                            "the query has more than \(Query.maximumTerms) words and filters; the rest is left out"
                        ))
                }
                if count > Query.maximumTerms { break }
            }
            tokens.append(token)
        }
        if count > Query.maximumTerms { Self.removeDangling(from: &tokens) }
        return tokens
    }

    /// What was cut in the middle should not be a mistake as well.
    private static func removeDangling(from tokens: inout [Token]) {
        while let last = tokens.last, [.or, .and, .not, .open].contains(last) { tokens.removeLast() }
        var depth = 0
        for token in tokens {
            if token == .open { depth += 1 } else if token == .close { depth -= 1 }
        }
        if depth > 0 { tokens += Array(repeating: .close, count: depth) }
    }

    private var current: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }
    private func peek(_ offset: Int) -> Unicode.Scalar? {
        index + offset < scalars.count ? scalars[index + offset] : nil
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || scalar == "\0"
    }

    private mutating func next() -> Token? {
        while let scalar = current, Self.isSpace(scalar) { index += 1 }
        guard let scalar = current else { return nil }
        switch scalar {
        case "(":
            index += 1
            return .open
        case ")":
            index += 1
            return .close
        case "-":
            index += 1
            // Alone it is punctuation.
            guard let following = current, !Self.isSpace(following), following != ")" else { return next() }
            return .not
        case "\"": return .term(.words(.init(text: quotation(), isPhrase: true)))
        default: return word()
        }
    }

    /// Up to the next quotation mark, or to the end.
    private mutating func quotation() -> String {
        index += 1
        let start = index
        while let scalar = current, scalar != "\"" { index += 1 }
        let text = Self.text(scalars[start..<index])
        if current == nil {
            notes.append(
                .init(.notUnderstood, "a quotation mark is not closed; it goes to the end of the query"))
        }
        index += 1
        return text
    }

    /// Up to the next space, parenthesis or quotation mark; parentheses that are a part of an address belong to it.
    private mutating func plain(isAddress: Bool) -> String {
        let start = index
        var depth = 0
        while let scalar = current, !Self.isSpace(scalar), scalar != "\"" {
            if scalar == "(" {
                if !isAddress { break }
                depth += 1
            } else if scalar == ")" {
                if depth == 0 { break }
                depth -= 1
            }
            index += 1
        }
        return Self.text(scalars[start..<index])
    }

    private mutating func word() -> Token {
        if isAddress { return .term(Self.words(plain(isAddress: true))) }
        if let name = fieldName() { return field(name) }
        switch plain(isAddress: false) {
        case "OR": return .or
        case "AND": return .and
        case "NOT": return .not
        case let text: return .term(Self.words(text))
        }
    }

    private static func words(_ text: String) -> Query.Node {
        let isPrefix = text.unicodeScalars.last == "*"
        return .words(
            .init(
                text: isPrefix ? Self.text(text.unicodeScalars.dropLast()) : text, isPrefix: isPrefix))
    }

    /// Whether a web address or a DOI stands here, which may contain what else has a meaning.
    private var isAddress: Bool {
        let start = Self.text(scalars[index..<min(scalars.count, index + 8)]).lowercased()
        if start.hasPrefix("http://") || start.hasPrefix("https://") { return true }
        guard start.hasPrefix("10.") else { return false }
        var place = index + 3
        while place < scalars.count, "0"..."9" ~= scalars[place] || scalars[place] == "." { place += 1 }
        return place > index + 3 && place < scalars.count && scalars[place] == "/"
    }

    /// The name before a colon that a value follows.
    private mutating func fieldName() -> String? {
        var end = index
        while end < scalars.count, scalars[end].isASCII, scalars[end].properties.isAlphabetic { end += 1 }
        guard end > index, end < scalars.count, scalars[end] == ":" else { return nil }
        return Self.text(scalars[index..<end])
    }

    private mutating func field(_ name: String) -> Token {
        let start = index
        index += name.unicodeScalars.count + 1
        let field = QueryField(typed: name)
        let value =
            current == "\"" ? quotation() : plain(isAddress: field == .url || field == .doi || field == nil)
        let isEmpty = value.unicodeScalars.allSatisfy(Self.isSpace)
        if let field, !isEmpty { return .term(.filter(.init(field: field, value: value))) }
        if let kind = Kinds.known[name.lowercased()]?.name,
            RecordID(text: value) != nil || ShortHandle.range(ofPrefix: value) != nil
        {
            return .term(.filter(.init(field: .id, value: "\(kind):\(value)")))
        }
        if field != nil {
            notes.append(
                .init(
                    .notUnderstood,
                    "'\(name):' has no value behind it; it is searched as a word; write for example: \(name):VALUE"
                ))
        } else if !value.hasPrefix("//") {
            let near = NearName.closest(to: name.lowercased(), among: QueryField.names)
            notes.append(
                .init(
                    .unknownField,
                    "there is no field '\(name):'; it is searched as words"
                        + (near.map { "; did you mean '\($0):'?" } ?? "")))
        }
        return .term(Self.words(Self.text(scalars[start..<min(index, scalars.count)])))
    }

    private static func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }
}
