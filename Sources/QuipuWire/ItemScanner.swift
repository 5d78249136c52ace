internal import QuipuCausality

/// Finds where a CBOR item ends while its bytes are still coming in. It goes on from where it stopped, so that
/// a long item in many small portions is passed over once, not once a portion.
struct ItemScanner: Sendable {
    /// How many items are still to come at each level of nesting; empty before an item and after it.
    private var pending: [UInt64] = []
    /// Bytes of the item that are passed over.
    private(set) var sizeBytes = 0

    /// - Parameter bytes: all of the item that is there, from its start on.
    /// - Returns: the item's size once it is whole, and then begins anew; nil when more bytes are needed.
    mutating func scan(_ bytes: ArraySlice<UInt8>) throws(WireError) -> Int? {
        if pending.isEmpty { pending = [1] }
        var reader = CBORReader(bytes)
        reader.advance(by: sizeBytes)
        while let left = pending.last {
            if left == 0 {
                pending.removeLast()
                continue
            }
            do throws(WireError) {
                let (items, stringBytes) = try reader.itemHead()
                guard stringBytes <= UInt64(bytes.endIndex - reader.next) else { return nil }
                reader.advance(by: Int(stringBytes))
                sizeBytes = reader.next - bytes.startIndex
                pending[pending.count - 1] = left - 1
                guard items > 0 else { continue }
                guard pending.count < Limits.depth else {
                    throw WireError(.tooLarge, "CBOR is nested too deeply")
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
    /// The head of the next item: how many items it has in it, and how many bytes of a string follow.
    fileprivate mutating func itemHead() throws(WireError) -> (items: UInt64, stringBytes: UInt64) {
        let (major, argument) = try head()
        switch major {
        case .unsigned, .negative, .simple: return (0, 0)
        case .byteString, .text: return (0, argument)
        case .tag: return (1, 0)
        case .array: return (argument, 0)
        case .map:
            guard argument <= UInt64.max / 2 else {
                throw WireError(.tooLarge, "a CBOR count is out of range")
            }
            return (argument * 2, 0)
        }
    }
}
