internal import QuipuCBOR
public import QuipuCausality
public import QuipuWire

/// What the sender of a bundle knows, and what it believes that the receiver holds.
public struct BundleKnowledge: Sendable, Equatable {
    /// Entries and branch starts in one block.
    private static let itemsPerBlock = 8_192
    /// In one bundle; more is refused.
    private static let maximumItems = 1 << 20
    private static let maximumWants = MessageHeader.maximumWants

    /// The sender's vector, sorted by origin.
    public var entries: [Vector.Entry] = []
    public var branchStarts: [ChainHash] = []
    /// Of origins with transactions in the bundle, the last one that is not in it because the receiver has told that it
    /// holds it.
    public var base: [Vector.Entry] = []
    /// Texts that the sender lacks.
    public var wants: [MessageHeader.Want] = []

    public init() {}

    public init(
        _ knowledge: Knowledge, base: [Vector.Entry] = [], wants: [MessageHeader.Want] = []
    ) {
        entries = knowledge.vector.entries
        branchStarts = knowledge.branchStarts.sorted()
        self.base = base
        self.wants = wants
    }

    public var knowledge: Knowledge {
        Knowledge(vector: Vector(entries), branchStarts: Set(branchStarts))
    }

    /// Payloads of knowledge blocks; at least one.
    var encodedBlocks: [[UInt8]] {
        var blocks: [[UInt8]] = []
        var (entries, starts, base, wants) = (entries[...], branchStarts[...], base[...], wants[...])
        repeat {
            var room = Self.itemsPerBlock
            func take<Element>(_ list: inout ArraySlice<Element>) -> ArraySlice<Element> {
                let taken = list.prefix(room)
                list = list.dropFirst(taken.count)
                room -= taken.count
                return taken
            }
            var writer = CBORWriter(capacityBytes: 1_024)
            writer.array(count: 4)
            writer.entries(Array(take(&entries)))
            let someStarts = take(&starts)
            writer.array(count: someStarts.count)
            for chain in someStarts { writer.hash(chain) }
            writer.entries(Array(take(&base)))
            let someWants = take(&wants)
            writer.array(count: someWants.count)
            for want in someWants {
                writer.array(count: 2)
                writer.hash(want.hash)
                writer.unsigned(want.offset)
            }
            blocks.append(writer.bytes)
        } while !entries.isEmpty || !starts.isEmpty || !base.isEmpty || !wants.isEmpty
        return blocks
    }

    /// Adds what one knowledge block tells.
    mutating func add(decoding bytes: [UInt8]) throws(WireError) {
        var reader = CBORReader(bytes[...])
        guard try reader.arrayCount(maximum: 4) == 4 else {
            throw WireError(.unexpected, "what the bundle's sender knows is not complete")
        }
        entries += try reader.entries(maximum: Self.itemsPerBlock)
        for _ in 0..<(try reader.arrayCount(maximum: Self.itemsPerBlock)) {
            branchStarts.append(try reader.hash())
        }
        base += try reader.entries(maximum: Self.itemsPerBlock)
        for _ in 0..<(try reader.arrayCount(maximum: Self.maximumWants)) {
            try reader.pair("a wanted text has a hash and an offset")
            wants.append(MessageHeader.Want(hash: try reader.hash(), offset: try reader.unsigned()))
        }
        guard reader.isAtEnd else { throw WireError(.unexpected, "a block of the bundle has too many parts") }
        guard entries.count + base.count <= Self.maximumItems, branchStarts.count <= Limits.branchStarts,
            wants.count <= Self.maximumWants
        else { throw WireError(.tooLarge, "the bundle's sender knows more than is accepted") }
    }

    /// In one piece, for this machine's own memory.
    var remembered: [UInt8] {
        var writer = CBORWriter(capacityBytes: 1_024)
        let blocks = encodedBlocks
        writer.array(count: blocks.count)
        for block in blocks { writer.byteString(block) }
        return writer.bytes
    }

    /// - Returns: nil if nothing is remembered.
    public init?(remembered bytes: [UInt8]) {
        if bytes.isEmpty { return nil }
        do throws(WireError) {
            var reader = CBORReader(bytes[...])
            for _ in 0..<(try reader.arrayCount(maximum: Self.maximumItems)) {
                try add(decoding: Array(try reader.byteString(maximumBytes: BundleBlock.maximumBytes)))
            }
        } catch { return nil }
    }
}
