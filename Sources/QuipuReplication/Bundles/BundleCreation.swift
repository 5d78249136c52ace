internal import Glibc
public import QuipuCausality
internal import QuipuFiles
public import QuipuStorage
internal import QuipuWire

/// Writes what one replica has for another into files.
///
/// What goes into a bundle depends on what the receiver has told that it holds, never on what was sent to it: a stick that
/// is lost costs bytes, and no edit.
public struct BundleCreation {
    /// Whom a bundle is for, and what is known to be there.
    public struct Receiver: Sendable {
        /// The hash of the receiver's public key; nil if that is not known.
        public var origin: Origin?
        public var name: String
        public var told: BundleKnowledge

        public init(origin: Origin?, name: String, told: BundleKnowledge) {
            self.origin = origin
            self.name = name
            self.told = told
        }
    }

    public struct Options: Sendable {
        /// Of the file; of parts, before their numbers.
        public var path: String
        /// The most bytes of a part file; nil for one file.
        public var splitBytes: Int?
        public var replacesExisting = false
        /// What receivers call the sender.
        public var senderName: String
        /// Nil for anybody.
        public var receiver: Receiver?
        /// Bytes before compression after which a block is closed.
        public var blockBytes = 1 << 20

        public init(path: String, senderName: String) {
            self.path = path
            self.senderName = senderName
        }
    }

    public struct Report: Sendable {
        public var bundle: UInt128
        public var number: BundleNumber
        public var parts: [(path: String, sizeBytes: Int)] = []
        public var transactionCount = 0
        /// Records changed by these.
        public var recordCount = 0
        /// Long texts beside them.
        public var textCount = 0
    }

    /// The smallest size of parts.
    public static let leastSplitBytes = 64 << 10
    private static let maximumTextPartBytes = 256 << 10

    private let store: Store
    private let options: Options
    private let output: BundleOutput
    private let blockBytes: Int
    private var report: Report
    private var texts = LongTexts()

    /// Writes a bundle of all that the receiver has not told that it holds.
    ///
    /// - Throws: `StorageError`: `fileExists` unless it may replace files; `tooLarge` if a part is too small for a
    ///   transaction, or for what every part begins with; `diskFull`, `readOnly`.
    public static func create(from store: Store, _ options: Options) throws -> Report {
        try requireFree(options)
        let key = try store.bundleSenders.ownKey()
        let number = try store.bundleSenders.nextNumber()
        try store.noteShown()
        return try store.reading {
            var creation = try BundleCreation(store, options, key, number)
            return try creation.run()
        }
    }

    private init(_ store: Store, _ options: Options, _ key: SigningKey, _ number: BundleNumber) throws {
        self.store = store
        self.options = options
        blockBytes = min(
            options.blockBytes, BundleBlock.usualBytes, options.splitBytes.map { $0 / 4 } ?? .max)
        let own = try store.log.knowledge()
        held = try Self.held(by: options.receiver, in: store)
        let bundle = store.environment.randomBytes(16).reduce(0 as UInt128) { $0 << 8 | UInt128($1) }
        report = Report(bundle: bundle, number: number)
        let base = held.entries.filter { own.vector.sequence(of: $0.origin) > $0.sequence }
        let wants = try store.texts.wanted(limit: MessageHeader.maximumWants).map {
            MessageHeader.Want(hash: $0.hash, offset: UInt64($0.haveBytes))
        }
        let header = BundleHeader(
            bundle: bundle, part: 1, archive: store.id, key: key.publicKey, senderName: options.senderName,
            number: number, madeAtMilliseconds: try store.clock.correctedNow(),
            receiver: options.receiver?.origin, receiverName: options.receiver?.name,
            knowledgeHash: own.hash)
        output = BundleOutput(
            path: options.path, splitBytes: options.splitBytes,
            replacesExisting: options.replacesExisting, header: header,
            knowledge: BundleKnowledge(own, base: base, wants: wants), key: key)
    }

    private let held: Vector

    /// What the receiver holds for certain of what is here: where its chain is another, nothing of that origin counts, and
    /// nothing of this replica's own where the receiver holds more of it: this archive was put back to an earlier state, and
    /// may have written something else since.
    private static func held(by receiver: Receiver?, in store: Store) throws -> Vector {
        var held = Vector()
        let ownOrigin = SigningKey.origin(ofPublicKey: try store.bundleSenders.ownKey().publicKey)
        for entry in receiver?.told.entries ?? [] {
            let own = try store.log.entry(of: entry.name)?.chain
            if own == nil ? entry.origin != ownOrigin : own == entry.chain { held[entry.origin] = entry }
        }
        return held
    }

    private mutating func run() throws -> Report {
        try writeTransactions()
        try writeTexts()
        try output.finish()
        report.parts = output.parts.map { ($0.path, $0.sizeBytes) }
        if options.replacesExisting, options.splitBytes != nil { try removeFormerParts() }
        return report
    }

    private mutating func writeTransactions() throws {
        guard let start = try store.log.firstPosition(notIn: held) else { return }
        var block = try OpenBlock(about: store)
        try store.log.forEachTransaction(after: start - 1, notIn: held) { transaction, _, _ in
            try block.append(transaction)
            note(transaction)
            if block.sizeBytes >= blockBytes || block.isFull {
                try output.append(.message, try block.close(in: store))
                block = try OpenBlock(about: store)
            }
            return true
        }
        if !block.isEmpty { try output.append(.message, try block.close(in: store)) }
    }

    private mutating func note(_ transaction: Transaction) {
        report.transactionCount += 1
        report.recordCount += transaction.records.count
        texts.note(transaction)
    }

    /// Long texts of what is in the bundle, and those that the receiver has told that it lacks.
    private mutating func writeTexts() throws {
        var wants = options.receiver?.told.wants ?? []
        var known = Set(wants.map(\.hash))
        for hash in texts.hashes where known.insert(hash).inserted {
            wants.append(MessageHeader.Want(hash: hash, offset: 0))
        }
        var block = try OpenBlock(about: store)
        var offsets: [ValueHash: UInt64] = [:]
        for want in wants { offsets[want.hash] = want.offset }
        try store.texts.visit(Set(offsets.keys)) { hash, text in
            guard let offset = offsets[hash], offset < UInt64(text.count) else { return }
            report.textCount += 1
            var first = Int(offset)
            while first < text.count {
                let part = text[first..<min(text.count, first + min(Self.maximumTextPartBytes, blockBytes))]
                try block.append(part, of: hash, at: first, totalBytes: text.count)
                first = part.endIndex
                if block.sizeBytes >= blockBytes || block.isFull {
                    try output.append(.message, try block.close(in: store))
                    block = try OpenBlock(about: store)
                }
            }
        }
        if !block.isEmpty { try output.append(.message, try block.close(in: store)) }
    }

    /// Refuses to replace files, unless that is asked for.
    private static func requireFree(_ options: Options) throws {
        if options.replacesExisting { return }
        let path = options.splitBytes == nil ? options.path : BundleOutput.path(options.path, part: 1)
        try BundleOutput.requireFree(path, of: options.path)
    }

    /// Removes parts of a former bundle of the same name with more parts: they belong to nothing. Only what this replica wrote
    /// is removed; whatever else has such a name stays.
    private func removeFormerParts() throws {
        let key = try store.bundleSenders.ownKey().publicKey
        var number = UInt32(output.parts.count) + 1
        while number <= BundleHeader.maximumParts {
            let path = BundleOutput.path(options.path, part: number)
            guard let facts = FileFacts(path, followsLinks: false), facts.isRegular,
                let part = try? BundlePart(reading: path), part.isSigned(by: key), part.header.part == number,
                unlink(path) == 0
            else { return }
            number += 1
        }
    }
}

/// A message under way, as the payload of one block.
private final class OpenBlock {
    private var writer: MessageWriter?
    private var ends: [Origin: TransactionName] = [:]
    private(set) var isEmpty = true
    private(set) var sizeBytes = 0
    private(set) var isFull = false

    init(about store: Store) throws {
        var header = MessageHeader()
        header.archive = store.id
        writer = try MessageWriter(header: header, compressionLevel: .high)
    }

    func append(_ transaction: Transaction) throws {
        try writer?.append(transaction)
        ends[transaction.name.origin] = transaction.name
        noteSize()
    }

    func append(_ part: ArraySlice<UInt8>, of hash: ValueHash, at offset: Int, totalBytes: Int) throws {
        try writer?.append(
            textOf: hash, offset: UInt64(offset), totalBytes: UInt64(totalBytes), bytes: part)
        noteSize()
    }

    private func noteSize() {
        isEmpty = false
        sizeBytes = writer?.bytesSinceCheckpoint ?? 0
        isFull = writer?.isFull ?? true
    }

    /// The message. Nothing may be appended after.
    func close(in store: Store) throws -> [UInt8] {
        let entries = try ends.values.sorted().compactMap { try store.log.entry(of: $0) }
        guard let writer = writer.take() else { preconditionFailure("a block is closed once") }
        return try writer.finish(MessageEnd(hasMore: false, ends: entries))
    }
}
