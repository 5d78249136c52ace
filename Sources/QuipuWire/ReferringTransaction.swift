package import QuipuCBOR
public import QuipuCausality

/// A transaction some of whose records are references to equal records that the receiver has: when two people import
/// one file, its texts are sent once.
///
/// The receiver takes those records from its own log and sorts all of them (by id, then kind). The chain hash in a
/// checkpoint or at the message's end proves that the right transaction results; if it does not, nothing is applied,
/// and the sender is asked for everything.
public struct ReferringTransaction: Sendable, Equatable {
    /// The transaction with the records that are sent in full.
    public var transaction: Transaction
    /// Records among those that the receiver has not sent: their keys under the salt of its filter.
    public var keys: [UInt64]
    public var sources: [RecordSource]
    /// Records that have the texts of values that are represented by their hash in the records sent in full: those of
    /// the same record and field.
    public var lenders: [RecordSource]

    public init(
        _ transaction: Transaction, keys: [UInt64] = [], sources: [RecordSource] = [],
        lenders: [RecordSource] = []
    ) {
        self.transaction = transaction
        self.keys = keys
        self.sources = sources
        self.lenders = lenders
    }

    /// Whether it has references.
    public var isIncomplete: Bool { !keys.isEmpty || !sources.isEmpty || !lenders.isEmpty }

    /// An upper bound of the encoded size of the references.
    public var referenceBytes: Int {
        (sources + lenders).reduce(Self.keyBytes * keys.count) { $0 + 32 + 6 * $1.places.count }
    }

    /// The number of records that are referred to.
    public var referenceCount: Int {
        (sources + lenders).reduce(keys.count) { $0 + $1.recordCount }
    }
}

/// Records of a transaction that the receiver has, or that comes earlier in the same message.
public struct RecordSource: Sendable, Equatable {
    public var name: TransactionName
    /// Their indexes among the transaction's records: ascending, with gaps between ranges.
    public private(set) var places: [Range<Int>]

    public init(_ name: TransactionName) {
        self.name = name
        places = []
    }

    public var recordCount: Int { places.reduce(0) { $0 + $1.count } }

    /// - Parameter place: greater than all earlier ones.
    /// - Returns: false if it is not.
    public mutating func add(_ place: Int) -> Bool {
        guard let last = places.last else {
            places = [place..<place + 1]
            return true
        }
        guard place >= last.upperBound else { return false }
        if place == last.upperBound {
            places[places.count - 1] = last.lowerBound..<place + 1
        } else {
            places.append(place..<place + 1)
        }
        return true
    }
}

extension ReferringTransaction {
    static let keyBytes = 8

    /// The item in a message.
    package func write(to writer: inout CBORWriter) {
        writer.array(count: 5)
        writer.unsigned(5)
        transaction.write(to: &writer)
        writer.byteString(keys.flatMap { key in withUnsafeBytes(of: key.bigEndian) { Array($0) } })
        for list in [sources, lenders] {
            writer.array(count: list.count)
            for source in list { source.write(to: &writer) }
        }
    }

    /// The parts after an item's type.
    init(from reader: inout CBORReader) throws(WireError) {
        self.init(try Transaction(from: &reader))
        let maximum = Limits.changesPerTransaction
        let bytes = try reader.byteString(maximumBytes: maximum * Self.keyBytes)
        guard bytes.count.isMultiple(of: Self.keyBytes) else {
            throw WireError(.unexpected, "a record's key has eight bytes")
        }
        var key: UInt64 = 0
        for (index, byte) in bytes.enumerated() {
            key = key << 8 | UInt64(byte)
            if index % Self.keyBytes == Self.keyBytes - 1 { keys.append(key) }
        }
        for list in [\ReferringTransaction.sources, \.lenders] {
            for _ in 0..<(try reader.arrayCount(maximum: maximum)) {
                try reader.pair("a source has two parts")
                self[keyPath: list].append(try RecordSource(from: &reader))
            }
        }
        guard isIncomplete else {
            throw WireError(.malformed, "a transaction with references has none")
        }
        // Each record has at least one change, and one lender.
        guard referenceCount + transaction.records.count <= 2 * maximum else {
            throw WireError(.tooLarge, "a transaction has too many records")
        }
    }
}

extension RecordSource {
    fileprivate func write(to writer: inout CBORWriter) {
        writer.array(count: 2)
        writer.name(name)
        writer.array(count: 2 * places.count)
        // How many records are skipped, and how many are taken.
        var end = 0
        for range in places {
            writer.unsigned(UInt64(range.lowerBound - end))
            writer.unsigned(UInt64(range.count))
            end = range.upperBound
        }
    }

    fileprivate init(from reader: inout CBORReader) throws(WireError) {
        self.init(try reader.name())
        let maximum = Limits.changesPerTransaction
        let count = try reader.arrayCount(maximum: 2 * maximum)
        guard count > 0, count.isMultiple(of: 2) else {
            throw WireError(.unexpected, "a source's places come in pairs")
        }
        var end = 0
        for index in 0..<count / 2 {
            let (passed, length) = (try reader.unsigned(), try reader.unsigned())
            guard passed <= UInt64(maximum), length > 0, length <= UInt64(maximum),
                index == 0 || passed > 0, end + Int(passed) + Int(length) <= maximum
            else { throw WireError(.unexpected, "a source's places are out of range") }
            places.append(end + Int(passed)..<end + Int(passed) + Int(length))
            end += Int(passed) + Int(length)
        }
    }
}
