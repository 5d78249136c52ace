extension JSONValue {
    /// The RFC 8785 form in UTF-8. Of several members with one name the last is kept, and a number that is
    /// not finite becomes `null`, so that the result is canonical whatever this value holds.
    public func canonicalBytes() -> [UInt8] {
        var out: [UInt8] = []
        appendCanonical(to: &out)
        return out
    }

    public var canonicalText: String { String(decoding: canonicalBytes(), as: UTF8.self) }

    public func appendCanonical(to out: inout [UInt8]) {
        switch self {
        case .null: out.append(contentsOf: "null".utf8)
        case .bool(let value): out.append(contentsOf: (value ? "true" : "false").utf8)
        case .number(let value): NumberText.append(value, to: &out)
        case .string(let value): appendCanonicalString(value, to: &out)
        case .array(let elements):
            out.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                element.appendCanonical(to: &out)
            }
            out.append(UInt8(ascii: "]"))
        case .object(let members):
            out.append(UInt8(ascii: "{"))
            for (index, member) in JSONMember.sorted(members).enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                appendCanonicalString(member.name, to: &out)
                out.append(UInt8(ascii: ":"))
                member.value.appendCanonical(to: &out)
            }
            out.append(UInt8(ascii: "}"))
        }
    }
}

extension JSONMember {
    /// In the order of RFC 8785, the last of equal names alone.
    static func sorted(_ members: [JSONMember]) -> [JSONMember] {
        var isOrdered = true
        for index in members.indices.dropFirst()
        where !precedesInUTF16(members[index - 1].name, members[index].name) {
            isOrdered = false
            break
        }
        if isOrdered { return members }
        let ordered = members.enumerated().sorted { one, other in
            if precedesInUTF16(one.element.name, other.element.name) { return true }
            if precedesInUTF16(other.element.name, one.element.name) { return false }
            return one.offset < other.offset
        }
        var result: [JSONMember] = []
        result.reserveCapacity(members.count)
        for (_, member) in ordered {
            if let last = result.last, sameCodePoints(last.name, member.name) { result.removeLast() }
            result.append(member)
        }
        return result
    }
}
