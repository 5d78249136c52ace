/// What Firefox compresses its own files with (`bookmarks-DATE.jsonlz4`): a mark, the length of the whole in four bytes, and one
/// block of LZ4 without a frame.
enum MozillaLZ4 {
    static let mark = Array("mozLz40\0".utf8)

    /// - Returns: as much as is whole and within the bound, and whether that is all.
    static func expand(
        _ packed: ArraySlice<UInt8>, maximumBytes: Int
    ) -> (bytes: [UInt8], isWhole: Bool) {
        let length = packed.dropFirst(mark.count).prefix(4)
        guard length.count == 4 else { return ([], false) }
        let wanted = length.reversed().reduce(0) { $0 << 8 | Int($1) }
        var rest = packed.dropFirst(mark.count + 4)
        var out: [UInt8] = []
        out.reserveCapacity(min(wanted, maximumBytes, packed.count * 4))

        // A count of 15 goes on in the bytes behind it, up to one that is not 255.
        func count(_ nibble: UInt8) -> Int? {
            var count = Int(nibble)
            guard nibble == 15 else { return count }
            while let byte = rest.popFirst() {
                count += Int(byte)
                if byte != 255 { return count }
                if count > maximumBytes { return nil }
            }
            return nil
        }
        while let token = rest.popFirst() {
            guard let literals = count(token >> 4), literals <= rest.count,
                out.count + literals <= maximumBytes
            else { return (out, false) }
            out += rest.prefix(literals)
            rest = rest.dropFirst(literals)
            // The last sequence has literals alone.
            if rest.isEmpty { break }
            guard let low = rest.popFirst(), let high = rest.popFirst(), let more = count(token & 15) else {
                return (out, false)
            }
            let distance = Int(high) << 8 | Int(low)
            guard distance > 0, distance <= out.count, out.count + more + 4 <= maximumBytes else {
                return (out, false)
            }
            // It may repeat what it has just made.
            for _ in 0..<(more + 4) { out.append(out[out.count - distance]) }
        }
        return (out, out.count == wanted)
    }
}
