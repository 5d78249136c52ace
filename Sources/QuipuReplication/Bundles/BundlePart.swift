internal import QuipuCausality
internal import QuipuStorage
internal import QuipuWire

/// One file of a bundle, with its header read.
struct BundlePart {
    let path: String
    let header: BundleHeader
    private let file: BundleFile
    private var reader: BundlePartReader
    /// The block with the header.
    let first: BundleBlock

    var sizeBytes: Int { file.sizeBytes }

    /// - Throws: `StorageError`; `ReplicationError`: `notABundle`, `damaged` if it has no readable header.
    init(reading path: String) throws {
        self.path = path
        file = try BundleFile(reading: path)
        guard
            var reader = try BundlePartReader(sizeBytes: file.sizeBytes, bytes: { [file] in file.bytes($0) })
        else {
            throw ReplicationError(
                .notABundle, "this is not a bundle: \(path)", remedy: Remedy(.createBundle))
        }
        guard let block = try reader.first(), block.kind == .header else {
            throw ReplicationError(
                .damaged, "the bundle cannot be used, since its beginning is damaged: \(path)",
                hint: "copy the file again, or ask for another; nothing was written")
        }
        first = block
        header = try BundleHeader(decoding: block.payload)
        self.reader = reader
    }

    /// Files by their bundles, bundles in the order of their making, parts in theirs. Of a part that was given several times
    /// every file is kept: each may be damaged elsewhere.
    ///
    /// - Throws: `ReplicationError.wrongSignature` if a header is not signed by the key that it names, or if parts of one
    ///   bundle say different things of it.
    static func bundles(in paths: [String]) throws -> [[BundlePart]] {
        // By the key as well: anybody who knows a bundle's id can make a part of it, signed with another key.
        struct Identity: Hashable {
            var bundle: UInt128
            var key: [UInt8]
        }
        var bundles: [Identity: [BundlePart]] = [:]
        for path in paths {
            let part = try BundlePart(reading: path)
            guard part.isSigned(part.first) else { throw part.wrongSignature }
            let identity = Identity(bundle: part.header.bundle, key: part.header.key)
            if let other = bundles[identity]?.first, !part.header.isOfSameBundle(as: other.header) {
                throw part.wrongSignature
            }
            bundles[identity, default: []].append(part)
        }
        return bundles.values.map { $0.sorted { $0.header.part < $1.header.part } }.sorted {
            let (left, right) = ($0[0].header, $1[0].header)
            if left.key != right.key { return left.key.lexicographicallyPrecedes(right.key) }
            return (left.madeAtMilliseconds, left.number.counter) < (
                right.madeAtMilliseconds, right.number.counter
            )
        }
    }

    /// The next event. A block that is not signed by the sender is damage like any other.
    mutating func next() throws -> BundlePartReader.Event? {
        let start = reader.offset
        let event = try reader.next()
        guard case .block(let block)? = event, !isSigned(block) else { return event }
        reader.disregardEnd()
        return .damaged(start..<reader.offset)
    }

    /// What the sender knows; nil if that cannot be read in full.
    func knowledge() throws -> BundleKnowledge? {
        var part = self
        var told = BundleKnowledge()
        while case .block(let block)? = try part.next(), block.kind == .knowledge {
            try told.add(decoding: block.payload)
        }
        return told.knowledge.hash == header.knowledgeHash ? told : nil
    }

    /// Whether the header is signed, by a key.
    func isSigned(by key: [UInt8]) -> Bool { header.key == key && isSigned(first) }

    private func isSigned(_ block: BundleBlock) -> Bool {
        block.isSigned(by: header.key, ofPart: header.part, of: header.bundle)
    }

    private var wrongSignature: ReplicationError {
        ReplicationError(
            .wrongSignature, "the bundle was changed after it was signed: \(path)",
            hint: "nothing of what was changed was written; ask its sender for another")
    }
}
