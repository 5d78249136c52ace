/// The recursive descent behind `JSONParser`, over bytes that stay where they are while it runs.
struct JSONReader {
    let base: UnsafePointer<UInt8>
    let end: Int
    let options: JSONParser.Options
    let maximumDepth: Int
    var index = 0

    init(base: UnsafePointer<UInt8>, end: Int, options: JSONParser.Options, maximumDepth: Int) {
        self.base = base
        self.end = end
        self.options = options
        self.maximumDepth = maximumDepth
    }

    mutating func readDocument() throws(JSONError) -> JSONValue {
        skipSpace()
        let value = try readValue(depth: 0)
        skipSpace()
        guard index == end else { throw failure(.trailingBytes, "something follows the JSON value") }
        return value
    }

    func failure(_ code: JSONError.Code, _ message: String, at offset: Int? = nil) -> JSONError {
        JSONError(code: code, offset: offset ?? index, message: message)
    }

    @inline(__always)
    mutating func skipSpace() {
        while index < end {
            switch base[index] {
            case 0x20, 0x0A, 0x0D, 0x09: index &+= 1
            default: return
            }
        }
    }

    private mutating func readValue(depth: Int) throws(JSONError) -> JSONValue {
        guard index < end else { throw failure(.unexpectedEnd, "the text ends where a value should be") }
        switch base[index] {
        case UInt8(ascii: "\""): return .string(try readString())
        case UInt8(ascii: "{"): return .object(try readMembers(depth: try deeper(depth)))
        case UInt8(ascii: "["): return .array(try readElements(depth: try deeper(depth)))
        case UInt8(ascii: "t"): return try readWord("true", .bool(true))
        case UInt8(ascii: "f"): return try readWord("false", .bool(false))
        case UInt8(ascii: "n"): return try readWord("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try readNumber()
        default: throw failure(.unexpectedByte, "no JSON value starts like this")
        }
    }

    private func deeper(_ depth: Int) throws(JSONError) -> Int {
        guard depth < maximumDepth else {
            throw failure(.tooDeep, "nested deeper than \(JSONParser.maximumDepth) levels")
        }
        return depth + 1
    }

    private mutating func readWord(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for offset in 0..<word.utf8CodeUnitCount {
            guard index &+ offset < end else {
                throw failure(.unexpectedEnd, "the text ends inside `\(word)`", at: end)
            }
            guard base[index &+ offset] == word.utf8Start[offset] else {
                throw failure(.unexpectedByte, "`\(word)` is misspelt", at: index &+ offset)
            }
        }
        index &+= word.utf8CodeUnitCount
        return value
    }

    private mutating func readNumber() throws(JSONError) -> JSONValue {
        let length = NumberSyntax.length(base, from: index, to: end)
        guard length > 0 else { throw failure(.invalidNumber, "not a JSON number") }
        let text = UnsafeBufferPointer(start: base + index, count: length)
        let value = NumberSyntax.value(text)
        if options.contains(.bigNumbersAsStrings), value.map({ !NumberSyntax.isFaithful(text, $0) }) ?? true {
            index &+= length
            return .string(String(decoding: text, as: UTF8.self))
        }
        guard let value else {
            throw failure(.numberOutOfRange, "the number is beyond the range of a double")
        }
        index &+= length
        return .number(value)
    }

    private mutating func readElements(depth: Int) throws(JSONError) -> [JSONValue] {
        index &+= 1
        var elements: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return elements }
        while true {
            skipSpace()
            elements.append(try readValue(depth: depth))
            skipSpace()
            if take(UInt8(ascii: "]")) { return elements }
            try expect(UInt8(ascii: ","), "a comma or `]` is missing")
        }
    }

    private mutating func readMembers(depth: Int) throws(JSONError) -> [JSONMember] {
        index &+= 1
        let start = index
        var members: [JSONMember] = []
        skipSpace()
        if take(UInt8(ascii: "}")) { return members }
        while true {
            skipSpace()
            guard index < end else { throw failure(.unexpectedEnd, "the text ends inside an object") }
            guard base[index] == UInt8(ascii: "\"") else {
                throw failure(.unexpectedByte, "a name in quotation marks is missing")
            }
            let name = try readString()
            skipSpace()
            try expect(UInt8(ascii: ":"), "a colon is missing after a name")
            skipSpace()
            members.append(JSONMember(name: name, value: try readValue(depth: depth)))
            skipSpace()
            if take(UInt8(ascii: "}")) { break }
            try expect(UInt8(ascii: ","), "a comma or `}` is missing")
        }
        try refuseDuplicates(members, start: start)
        return members
    }

    private func refuseDuplicates(_ members: [JSONMember], start: Int) throws(JSONError) {
        var duplicate: String?
        if members.count <= 8 {
            for (position, member) in members.enumerated()
            where members[..<position].contains(where: { sameCodePoints($0.name, member.name) }) {
                duplicate = member.name
            }
        } else {
            let names = members.map(\.name).sorted(by: precedesInUTF16)
            for (one, other) in zip(names, names.dropFirst()) where sameCodePoints(one, other) {
                duplicate = one
            }
        }
        if let duplicate {
            throw failure(
                .duplicateName, "the name \(String(reflecting: duplicate)) is there twice", at: start)
        }
    }

    @inline(__always)
    private mutating func take(_ byte: UInt8) -> Bool {
        guard index < end, base[index] == byte else { return false }
        index &+= 1
        return true
    }

    @inline(__always)
    private mutating func expect(_ byte: UInt8, _ message: String) throws(JSONError) {
        if take(byte) { return }
        throw failure(index == end ? .unexpectedEnd : .unexpectedByte, message)
    }
}
