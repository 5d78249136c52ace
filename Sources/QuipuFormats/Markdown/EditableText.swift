internal import QuipuCanonicalJSON
internal import QuipuCausality

/// Front matter and a text as a person edits them: names and values in YAML that reads well, then the text. What is
/// written is read again to equal values; what a person makes of it is read strictly, and a mistake is named.
public struct EditableText: Sendable {
    public struct Member: Sendable, Equatable {
        public let name: String
        /// Canonical JSON.
        public let json: [UInt8]

        public init(name: String, json: [UInt8]) {
            self.name = name
            self.json = json
        }
    }

    /// Why a text cannot be read.
    public struct Mistake: Error {
        public let reason: String
        /// Counted from 0.
        public let line: Int

        public init(reason: String, line: Int) {
            self.reason = reason
            self.line = line
        }
    }

    public let members: [Member]
    /// What stands below the front matter.
    public let text: String

    public init(members: [Member], text: String) {
        self.members = members
        self.text = text
    }

    /// - Parameters:
    ///   - source: begins with a line `---`.
    ///   - isTextName: whether the values of a member stay the text that is written, as in `title: 1984`.
    public init(parsing source: String, isTextName: @escaping (String) -> Bool) throws(Mistake) {
        let bytes = Array(source.utf8)[...]
        guard let first = FrontMatter.line(bytes, from: bytes.startIndex), Self.isRule(bytes[first.content])
        else {
            throw Mistake(reason: "a record begins with a line ---", line: 0)
        }
        var start = first.next
        var end: (matter: Int, text: Int)?
        while let line = FrontMatter.line(bytes, from: start) {
            if Self.isRule(bytes[line.content]) {
                end = (start, line.next)
                break
            }
            start = line.next
        }
        guard let end else {
            throw Mistake(reason: "the fields end with a line ---, and there is none", line: 0)
        }
        let value: JSONValue
        do throws(Rejection) {
            value = try YAMLDocument.parse(bytes[first.next..<end.matter], isTextKey: isTextName)
        } catch {
            throw Mistake(reason: error.reason, line: error.lineOffset + 1)
        }
        guard value.isNull || value.members != nil else {
            throw Mistake(reason: "between the lines --- stand fields: NAME: VALUE", line: 1)
        }
        members = (value.members ?? []).map { Member(name: $0.name, json: $0.value.canonicalBytes()) }
        var rest = bytes[end.text...]
        if rest.last == 0x0A { rest.removeLast() }
        if rest.last == 0x0D { rest.removeLast() }
        text = String(decoding: rest, as: UTF8.self)
    }

    private static func isRule(_ line: ArraySlice<UInt8>) -> Bool {
        line.starts(with: "---".utf8)
            && line.dropFirst(3).allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
    }

    /// - Parameter isTextName: as for reading.
    public func written(isTextName: (String) -> Bool) -> String {
        var out = Array("---\n".utf8)
        for member in members {
            if Self.isPlain(member.name, inList: false, isText: false) {
                out += member.name.utf8
            } else {
                YAMLSafeJSON.append(canonicalString(member.name), to: &out)
            }
            out += ":".utf8
            Self.append(member.json, isText: isTextName(member.name), to: &out)
            out += "\n".utf8
        }
        out += "---\n".utf8
        out += text.utf8
        if !text.isEmpty { out += "\n".utf8 }
        return String(decoding: out, as: UTF8.self)
    }

    private static func append(_ json: [UInt8], isText: Bool, to out: inout [UInt8]) {
        // Nothing behind the name is no value.
        if json == JSONLiteral.null { return }
        out += " ".utf8
        let value = try? JSONParser().parse(json)
        if let string = value?.string {
            append(string, isText: isText, to: &out)
        } else if let elements = value?.array, elements.allSatisfy({ $0.string != nil }) {
            out += "[".utf8
            for (index, element) in elements.compactMap(\.string).enumerated() {
                if index > 0 { out += ", ".utf8 }
                if isPlain(element, inList: true, isText: isText) {
                    out += element.utf8
                } else {
                    YAMLSafeJSON.append(canonicalString(element), to: &out)
                }
            }
            out += "]".utf8
        } else {
            YAMLSafeJSON.append(json, to: &out)
        }
    }

    private static func append(_ string: String, isText: Bool, to out: inout [UInt8]) {
        if isPlain(string, inList: false, isText: isText) {
            out += string.utf8
        } else if isBlock(string) {
            out += "|-".utf8
            for line in string.split(separator: "\n", omittingEmptySubsequences: false) {
                out += (line.isEmpty ? "\n" : "\n  ").utf8
                out += line.utf8
            }
        } else {
            YAMLSafeJSON.append(canonicalString(string), to: &out)
        }
    }

    /// Whether YAML reads it as it stands, without quotation marks.
    private static func isPlain(_ string: String, inList: Bool, isText: Bool) -> Bool {
        let scalars = string.unicodeScalars
        guard let first = scalars.first, let last = scalars.last, last != " ", last != ":",
            first.properties.isAlphabetic || isText && ("0"..."9").contains(first),
            !["null", "true", "false"].contains(string.lowercased())
        else { return false }
        var before: Unicode.Scalar = " "
        for scalar in scalars {
            switch scalar {
            case " " where before == ":": return false
            case "#" where before == " ": return false
            case ",", "[", "]", "{", "}", ":": if inList { return false }
            default: if !isPrintable(scalar) { return false }
            }
            before = scalar
        }
        return true
    }

    /// Whether it can stand as lines of their own below the name.
    private static func isBlock(_ string: String) -> Bool {
        let lines = string.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.count > 1 && lines.first?.first.map { $0 != " " } == true
            && lines.last?.isEmpty == false
            && lines.allSatisfy { line in
                line.unicodeScalars.allSatisfy(isPrintable) && line.contains { $0 != " " } != line.isEmpty
            }
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse:
            false
        default: true
        }
    }
}
