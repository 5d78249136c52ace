internal import QuipuCBOR

/// What a transaction says about its entry of the log. All transactions of one command are one entry, which has the words
/// of the command and can be undone as a whole.
///
/// It is told by two optional members of the transaction (`Schema/exchange.cddl`). A version that does not know them keeps,
/// hashes and relays them like any unknown member, so they decide nothing: a mark that is malformed is no mark.
public struct EntryMark: Sendable, Equatable {
    public enum Place: Sendable, Equatable {
        /// The first transaction of the entry, with the words of the command.
        case first(words: String)
        /// A later one: the first is so many transactions before it in its chain.
        case continuing(back: UInt64)
    }

    /// An entry that takes another one back.
    public struct Undo: Sendable, Equatable {
        /// 1 for an undo, 2 for an undo of that, which is a redo, and so on.
        public var count: UInt64
        /// Names the entry that was undone first, by the chain hash of its first transaction.
        public var root: ChainHash

        public init(count: UInt64, root: ChainHash) {
            self.count = count
            self.root = root
        }
    }

    public static let maximumWordsBytes = 200
    /// Nobody takes back an undo so often.
    static let maximumUndoCount: UInt64 = 1 << 32

    private static let placeMember: UInt64 = 10
    private static let undoMember: UInt64 = 11

    public var place: Place
    public var undo: Undo?

    public init(_ place: Place, undo: Undo? = nil) {
        self.place = place
        self.undo = undo
    }

    /// Reads a transaction's members of which the form of transactions knows nothing; nil if there is no mark among them.
    public init?(in unknown: [UInt8]) {
        if unknown.isEmpty { return nil }
        var place: Place?
        var undo: Undo?
        var reader = CBORReader(unknown[...])
        while !reader.isAtEnd {
            guard let key = try? reader.unsigned(), let value = try? reader.skip() else { return nil }
            if key == Self.placeMember { place = Place(value) }
            if key == Self.undoMember { undo = Undo(value) }
        }
        guard let place else { return nil }
        self.init(place, undo: undo)
    }

    /// As members of a transaction.
    public var encoded: [UInt8] {
        var writer = CBORWriter(capacityBytes: 64)
        writer.unsigned(Self.placeMember)
        switch place {
        case .first(let words): writer.text(Self.cut(words))
        case .continuing(let back): writer.unsigned(back)
        }
        if let undo {
            writer.unsigned(Self.undoMember)
            writer.array(count: 2)
            writer.unsigned(undo.count)
            writer.hash(undo.root)
        }
        return writer.bytes
    }

    /// Bytes that every transaction of an undo has: those of the member, and of what was undone first, if that is asked for.
    public static func undoBytes(of root: ChainHash?) -> [UInt8] {
        var writer = CBORWriter(capacityBytes: 64)
        if let root {
            writer.hash(root)
        } else {
            writer.unsigned(undoMember)
            writer.array(count: 2)
        }
        return writer.bytes
    }

    /// As many whole characters as an entry may have.
    static func cut(_ words: String) -> String {
        if words.utf8.count <= maximumWordsBytes { return words }
        let ellipsis = "…"
        var kept = ""
        var left = maximumWordsBytes - ellipsis.utf8.count
        for character in words {
            left -= character.utf8.count
            if left < 0 { break }
            kept.append(character)
        }
        return kept + ellipsis
    }
}

extension EntryMark.Place {
    fileprivate init?(_ value: ArraySlice<UInt8>) {
        var reader = CBORReader(value)
        if let back = try? reader.unsigned() {
            guard back > 0 else { return nil }
            self = .continuing(back: back)
            return
        }
        reader = CBORReader(value)
        guard let words = try? reader.text(maximumBytes: Limits.unknownBytes) else { return nil }
        self = .first(words: EntryMark.cut(words))
    }
}

extension EntryMark.Undo {
    fileprivate init?(_ value: ArraySlice<UInt8>) {
        var reader = CBORReader(value)
        guard let parts = try? reader.arrayCount(maximum: 2), parts == 2, let count = try? reader.unsigned(),
            count > 0, count <= EntryMark.maximumUndoCount,
            let bytes = try? reader.byteString(maximumBytes: ChainHash.size),
            let root = ChainHash(bytes: Array(bytes))
        else { return nil }
        self.init(count: count, root: root)
    }
}
