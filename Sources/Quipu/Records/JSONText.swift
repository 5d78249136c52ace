/// JSON for programs. Unlike `Value` it keeps members in the order written, which is the order that a
/// person would read them in, and takes the store's canonical bytes as they are.
package struct JSONText: Sendable, Equatable {
    package private(set) var bytes: [UInt8]

    /// - Parameter json: one JSON value; not checked.
    package init(raw json: [UInt8]) { bytes = json }

    package init(_ text: String) {
        bytes = []
        appendJSONString(text, to: &bytes)
    }

    /// `null` for nil.
    package init(_ text: String?) { self = text.map { JSONText($0) } ?? nil }

    package init(_ number: some BinaryInteger) { bytes = Array(String(number).utf8) }

    package init(_ flag: Bool) { bytes = Array((flag ? "true" : "false").utf8) }

    package init(_ elements: [JSONText]) {
        bytes = [UInt8(ascii: "[")]
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += element.bytes
        }
        bytes.append(UInt8(ascii: "]"))
    }

    package init(_ texts: [String]) { self.init(texts.map { JSONText($0) }) }

    /// `null` for nil.
    package init(ifAny number: (some BinaryInteger)?) { self = number.map { JSONText($0) } ?? nil }

    /// An object; names must be distinct.
    package init(members: [(String, JSONText)]) {
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
    package init(nilLiteral: ()) { bytes = Array("null".utf8) }
    package init(booleanLiteral value: Bool) { self.init(value) }
    package init(stringLiteral value: String) { self.init(value) }
    package init(integerLiteral value: Int) { self.init(value) }
    package init(arrayLiteral elements: JSONText...) { self.init(elements) }
    package init(dictionaryLiteral elements: (String, JSONText)...) { self.init(members: elements) }
}
