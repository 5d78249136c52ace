internal import QuipuCanonicalJSON

/// Our own front matter: valid YAML, laid out so that each line can be read and written as JSON.
///
///     ---
///     quipu: 1
///     id: "0192…"
///     kind: "article"
///     body: below
///     annotations: 1
///     fields:
///       "title": "…"
///     ---
///
/// `body: below` says that the body field is the text that follows, without the line feed at its end; a
/// record without a body, or with one that no text file can hold, lacks that line. `annotations: 1` says that its annotations and
/// notes follow behind the body, in a section whose lines have the number 1 (`PartSection`).
enum LosslessFrontMatter {
    static let bodyBelow = "below"

    /// The members, when every line is as the writer lays it out; nil when it is not, and is YAML at best.
    static func members(_ yaml: ArraySlice<UInt8>) -> [JSONMember]? {
        // The fields may stand in one object on one line.
        let parser = JSONParser(extraDepth: 1)
        var members: [JSONMember] = []
        var fields: [JSONMember] = []
        var isInFields = false
        var start = yaml.startIndex
        while let line = FrontMatter.line(yaml, from: start) {
            start = line.next
            var content = yaml[line.content]
            if content.last == 0x0D { content.removeLast() }
            if isInFields {
                guard content.starts(with: "  \"".utf8), let field = field(content.dropFirst(2), parser)
                else { return nil }
                fields.append(field)
                continue
            }
            if content.elementsEqual("fields:".utf8) {
                isInFields = true
                continue
            }
            guard let member = topMember(content, parser) else { return nil }
            members.append(member)
        }
        if isInFields { members.append(JSONMember(name: "fields", value: .object(fields))) }
        return hasDistinctNames(members) && hasDistinctNames(fields) ? members : nil
    }

    private static func topMember(_ line: ArraySlice<UInt8>, _ parser: JSONParser) -> JSONMember? {
        for name in ["quipu", "id", "kind", "fields", "body", "annotations"]
        where line.starts(with: (name + ": ").utf8) {
            let rest = line.dropFirst(name.utf8.count + 2)
            if name == "body" {
                return rest.elementsEqual(bodyBelow.utf8)
                    ? JSONMember(name: name, value: .string(bodyBelow)) : nil
            }
            return (try? parser.parse(rest)).map { JSONMember(name: name, value: $0) }
        }
        return nil
    }

    /// `"name": value`.
    private static func field(_ line: ArraySlice<UInt8>, _ parser: JSONParser) -> JSONMember? {
        var index = line.startIndex + 1
        while index < line.endIndex, line[index] != UInt8(ascii: "\"") {
            index += line[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard index < line.endIndex, line[(index + 1)...].starts(with: ": ".utf8),
            let name = (try? parser.parse(line[...index]))?.string,
            let value = try? parser.parse(line[(index + 3)...])
        else { return nil }
        return JSONMember(name: name, value: value)
    }

    private static func hasDistinctNames(_ members: [JSONMember]) -> Bool {
        Set(members.map { Array($0.name.utf8) }).count == members.count
    }
}
