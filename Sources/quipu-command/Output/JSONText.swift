internal import Quipu

/// JSON for programs. Unlike `Value` it keeps members in the order written, which is the order that a
/// person would read them in, and takes the store's canonical bytes as they are.
struct JSONText: Sendable, Equatable {
    private(set) var bytes: [UInt8]

    /// - Parameter json: one JSON value; not checked.
    init(raw json: [UInt8]) { bytes = json }

    init(_ text: String) {
        bytes = []
        appendJSONString(text, to: &bytes)
    }

    /// `null` for nil.
    init(_ text: String?) { self = text.map { JSONText($0) } ?? nil }

    init(_ number: some BinaryInteger) { bytes = Array(String(number).utf8) }

    init(_ flag: Bool) { bytes = Array((flag ? "true" : "false").utf8) }

    init(_ elements: [JSONText]) {
        bytes = [UInt8(ascii: "[")]
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += element.bytes
        }
        bytes.append(UInt8(ascii: "]"))
    }

    init(_ texts: [String]) { self.init(texts.map { JSONText($0) }) }

    /// An object; names must be distinct.
    init(members: [(String, JSONText)]) {
        bytes = [UInt8(ascii: "{")]
        for (index, member) in members.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            appendJSONString(member.0, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            bytes += member.1.bytes
        }
        bytes.append(UInt8(ascii: "}"))
    }
}

extension JSONText: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByStringLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    init(nilLiteral: ()) { bytes = Array("null".utf8) }
    init(booleanLiteral value: Bool) { self.init(value) }
    init(stringLiteral value: String) { self.init(value) }
    init(integerLiteral value: Int) { self.init(value) }
    init(arrayLiteral elements: JSONText...) { self.init(elements) }
    init(dictionaryLiteral elements: (String, JSONText)...) { self.init(members: elements) }
}
