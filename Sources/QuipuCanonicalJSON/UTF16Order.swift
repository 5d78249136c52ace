/// The order of names in RFC 8785 (section 3.2.3): by UTF-16 code units. On UTF-8 it is the order of bytes,
/// except that what needs two code units (lead byte F0 and above, surrogates D800-DFFF) comes before U+E000
/// to U+FFFF (lead bytes EE and EF).
@inline(__always)
func utf16Rank(_ byte: UInt8) -> UInt8 {
    // F0...F4 → EE...F2 and EE, EF → F3, F4: a permutation of the lead bytes, others as they are.
    switch byte {
    case 0xF0...0xF4: byte &- 2
    case 0xEE, 0xEF: byte &+ 5
    default: byte
    }
}

/// Whether `one` comes before `other` in the order of UTF-16 code units, with no regard to locale.
public func precedesInUTF16(_ one: String, _ other: String) -> Bool {
    let found = one.utf8.withContiguousStorageIfAvailable { first in
        other.utf8.withContiguousStorageIfAvailable { precedesInUTF16(first, $0) }
    }
    if let found = found ?? nil { return found }
    return Array(one.utf8).withUnsafeBufferPointer { first in
        Array(other.utf8).withUnsafeBufferPointer { precedesInUTF16(first, $0) }
    }
}

@inline(__always)
private func precedesInUTF16(_ first: UnsafeBufferPointer<UInt8>, _ second: UnsafeBufferPointer<UInt8>)
    -> Bool
{
    let shared = min(first.count, second.count)
    var index = 0
    while index < shared, first[index] == second[index] { index &+= 1 }
    if index == shared { return first.count < second.count }
    return utf16Rank(first[index]) < utf16Rank(second[index])
}
