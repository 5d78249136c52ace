/// Finds the end of a CBOR item while its bytes still arrive. It continues where it stopped, so that a long item in
/// many small portions is scanned once, not once for each portion.
package struct CBORItemScanner: Sendable {
    /// The number of missing items at each level of nesting; empty before and after an item.
    private var pending: [UInt64] = []
    package init() {}

    /// Bytes of the item that are scanned.
    private(set) var sizeBytes = 0

    /// - Parameter bytes: the item from its start, as far as it has arrived.
    /// - Returns: the item's size once it is complete, and then the scanner is reset; nil if more bytes are needed.
    package mutating func scan(_ bytes: ArraySlice<UInt8>) throws(CBORError) -> Int? {
        if pending.isEmpty { pending = [1] }
        var reader = CBORReader(bytes)
        reader.advance(by: sizeBytes)
        while let left = pending.last {
            if left == 0 {
                pending.removeLast()
                continue
            }
            do throws(CBORError) {
                let (items, stringBytes) = try reader.itemHead()
                guard stringBytes <= UInt64(bytes.endIndex - reader.next) else { return nil }
                reader.advance(by: Int(stringBytes))
                sizeBytes = reader.next - bytes.startIndex
                pending[pending.count - 1] = left - 1
                guard items > 0 else { continue }
                guard pending.count < CBORReader.maximumDepth else {
                    throw CBORError(.tooLarge, "CBOR is nested too deeply")
                }
                pending.append(items)
            } catch {
                guard error.code == .cut else { throw error }
                return nil
            }
        }
        defer { sizeBytes = 0 }
        return sizeBytes
    }
}

extension CBORReader {
    /// Reads the head of the next item: how many items it contains, and how many bytes of a string follow.
    fileprivate mutating func itemHead() throws(CBORError) -> (items: UInt64, stringBytes: UInt64) {
        let (major, argument) = try head()
        switch major {
        case .unsigned, .negative, .simple: return (0, 0)
        case .byteString, .text: return (0, argument)
        case .tag: return (1, 0)
        case .array: return (argument, 0)
        case .map:
            guard argument <= UInt64.max / 2 else {
                throw CBORError(.tooLarge, "a CBOR count is out of range")
            }
            return (argument * 2, 0)
        }
    }
}
