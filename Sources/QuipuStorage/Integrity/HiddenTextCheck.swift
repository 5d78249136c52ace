internal import QuipuCausality
internal import QuipuSQLite

/// What a row of `text` was found to be.
struct HiddenTextFinding {
    enum State {
        case sound
        /// Whole, and not the text that has the hash.
        case wrong
        /// Compressed, and its chain does not lead to the text that has the hash.
        case unreadable
    }

    var row: Int64
    var state: State
}

extension Integrity {
    /// For a chain in each of many records that were edited in turn.
    private static let checkedBytes = 16 << 20

    /// Checks every independent text against its hash. From the last to the first, so that what a text stands on
    /// was mostly expanded just before.
    func forEachHiddenText(_ visit: (HiddenTextFinding) throws -> Void) throws {
        var proven = ProvenTexts(maximumBytes: Self.checkedBytes)
        var rows = try database.rows("SELECT rowid, hash, json FROM text ORDER BY rowid DESC")
        while try rows.next() {
            try visit(
                HiddenTextFinding(
                    row: rows.integer(0), state: state(of: rows.bytes(2), hash: rows.bytes(1), &proven)))
        }
    }

    private func state(
        of json: [UInt8], hash: [UInt8], _ proven: inout ProvenTexts
    ) throws -> HiddenTextFinding.State {
        guard CompressedText.isForm(json) else { return ValueHash(of: json).bytes == hash ? .sound : .wrong }
        guard let hash = ValueHash(bytes: hash) else { return .unreadable }
        do {
            _ = try texts.expanded(hash, &proven)
            return .sound
        } catch let error as StorageError where error.code == .damaged {
            return .unreadable
        }
    }
}
