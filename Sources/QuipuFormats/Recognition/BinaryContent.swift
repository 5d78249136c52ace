internal import QuipuCanonicalJSON

/// Tells text, even text with faults, from what is none.
enum BinaryContent {
    /// A NUL, or so much that is neither UTF-8 nor printable that no damage explains it. Text in Latin-1 has
    /// a few per cent of such bytes and passes, so that its lines can be rejected one by one, with a reason.
    static func isLikely(_ start: ArraySlice<UInt8>) -> Bool {
        if start.contains(0) { return true }
        var strange = 0
        var rest = start
        while !rest.isEmpty {
            let valid = rest.withUnsafeBufferPointer { endOfValidUTF8($0) }
            strange += rest.prefix(valid).count { $0 < 0x20 && !(0x09...0x0D).contains($0) && $0 != 0x1B }
            rest = rest.dropFirst(valid)
            // What the end of the look ahead cuts in two is at most three bytes.
            if !rest.isEmpty {
                strange += 1
                rest = rest.dropFirst()
            }
        }
        return strange > 8 && strange * 10 > start.count * 3
    }
}
