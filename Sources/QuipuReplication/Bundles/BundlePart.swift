internal import QuipuCausality
internal import QuipuStorage
internal import QuipuWire

/// One file of a bundle, with its header read.
struct BundlePart {
    let path: String
    let header: BundleHeader
    private let file: BundleFile
    private var reader: BundlePartReader
    private let first: BundleBlock

    var sizeBytes: Int { file.sizeBytes }
    /// The number of the header's block.
    var firstBlock: UInt32 { first.index }

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
        guard case .block(let block)? = try reader.next(), block.kind == .header else {
            throw ReplicationError(
                .damaged, "the bundle cannot be used, since its beginning is damaged: \(path)",
                hint: "copy the file again, or ask for another; nothing was written")
        }
        first = block
        header = try BundleHeader(decoding: block.payload)
        self.reader = reader
    }

    /// Files by their bundles, bundles in the order of their making, parts in theirs. A part that was given twice is taken
    /// once.
    static func bundles(in paths: [String]) throws -> [[BundlePart]] {
        var bundles: [UInt128: [BundlePart]] = [:]
        for path in paths {
            let part = try BundlePart(reading: path)
            if bundles[part.header.bundle]?.contains(where: { $0.header.part == part.header.part }) == true {
                continue
            }
            bundles[part.header.bundle, default: []].append(part)
        }
        return bundles.values.map { $0.sorted { $0.header.part < $1.header.part } }.sorted {
            let (left, right) = ($0[0].header, $1[0].header)
            if left.key != right.key { return left.key.lexicographicallyPrecedes(right.key) }
            return (left.madeAtMilliseconds, left.number.counter) < (
                right.madeAtMilliseconds, right.number.counter
            )
        }
    }

    /// - Throws: `ReplicationError.wrongSignature` if the header is not signed by the key that it names.
    func requireSigned() throws {
        guard isSigned(first) else { throw wrongSignature }
    }

    /// The next event.
    /// - Throws: `ReplicationError.wrongSignature`: the block is whole, and somebody else's.
    mutating func next() throws -> BundlePartReader.Event? {
        let event = try reader.next()
        if case .block(let block)? = event, !isSigned(block) { throw wrongSignature }
        return event
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

    private func isSigned(_ block: BundleBlock) -> Bool {
        block.isSigned(by: header.key, ofPart: header.part, of: header.bundle)
    }

    private var wrongSignature: ReplicationError {
        ReplicationError(
            .wrongSignature, "the bundle was changed after it was signed: \(path)",
            hint: "nothing of what was changed was written; ask its sender for another")
    }
}
