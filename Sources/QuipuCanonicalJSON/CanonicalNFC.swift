/// A canonical JSON value with every string in it in Normalization Form C, as what people type and what files bring must
/// be: equality of values is equality of bytes, and two spellings that look the same must not differ.
///
/// Names of members stay as they are.
public func nfc(_ canonical: [UInt8]) -> [UInt8] {
    let first = canonical.withUnsafeBufferPointer { StableText.firstUnstable($0, from: 0) }
    if first == nil { return canonical }
    if let string = decodeString(canonical) {
        let normal = string.nfc
        return normal.utf8.elementsEqual(string.utf8) ? canonical : canonicalString(normal)
    }
    return (try? JSONParser().parse(canonical))?.nfc.canonicalBytes() ?? canonical
}

extension JSONValue {
    /// The value with every string in it in Normalization Form C; names of members stay as they are.
    public var nfc: JSONValue {
        switch self {
        case .string(let text): .string(text.nfc)
        case .array(let elements): .array(elements.map(\.nfc))
        case .object(let members): .object(members.map { JSONMember(name: $0.name, value: $0.value.nfc) })
        default: self
        }
    }
}
