internal import Glibc
internal import QuipuCausality
internal import QuipuFiles
internal import QuipuStorage

/// Writes the blocks of a bundle to a file, or to as many parts as it takes. Each appears under its name whole or not
/// at all. If the bundle cannot be finished, the parts that were written are removed.
final class BundleOutput {
    /// A part file that was written.
    struct Part {
        var path: String
        var sizeBytes: Int
    }

    private let path: String
    private let splitBytes: Int?
    private let replacesExisting: Bool
    private let key: SigningKey
    private var header: BundleHeader
    private let knowledge: [[UInt8]]
    private var file: OutputFile?
    private var fileBytes = 0
    private var index: UInt32 = 0
    private var hash: UInt128 = 0
    /// Whether the part has more than what each begins with.
    private var hasContents = false
    private(set) var parts: [Part] = []
    private var isFinished = false

    private static let endBlockBytes = BundleBlock.headBytes + BundleEnd.maximumBytes

    init(
        path: String, splitBytes: Int?, replacesExisting: Bool, header: BundleHeader,
        knowledge: BundleKnowledge, key: SigningKey
    ) {
        self.path = path
        self.splitBytes = splitBytes
        self.replacesExisting = replacesExisting
        self.header = header
        self.knowledge = knowledge.encodedBlocks
        self.key = key
    }

    deinit {
        if !isFinished { for part in parts { unlink(part.path) } }
    }

    /// The name of a part: valid on FAT if `path` is.
    static func path(_ path: String, part: UInt32) -> String { "\(path).\(part)" }

    /// - Throws: `StorageError.fileExists`.
    static func requireFree(_ name: String, of path: String) throws(StorageError) {
        if OutputFile.isSpecial(name) || FileFacts(name, followsLinks: false) == nil { return }
        throw StorageError(
            .fileExists, "there is a file already: \(name)", remedy: Remedy(.replaceBundle, path))
    }

    func append(_ kind: BundleBlock.Kind, _ payload: [UInt8]) throws {
        if let splitBytes, hasContents {
            let needed = BundleBlock.headBytes + payload.count + Self.endBlockBytes
            if fileBytes + needed > splitBytes { try endPart(isLast: false) }
        }
        if file == nil { try beginPart() }
        try write(kind, payload)
        hasContents = true
    }

    /// Ends the bundle: nothing may be appended after.
    func finish() throws {
        if file == nil { try beginPart() }
        try endPart(isLast: true)
        isFinished = true
    }

    private func beginPart() throws {
        let name = splitBytes == nil ? path : Self.path(path, part: header.part)
        guard header.part <= BundleHeader.maximumParts else {
            throw StorageError(
                .tooLarge, "the bundle would have more than \(BundleHeader.maximumParts) parts",
                hint: "split it into larger parts; nothing was left behind")
        }
        if !replacesExisting { try Self.requireFree(name, of: path) }
        let file = try OutputFile(path: name, permissions: 0o666)
        try file.write(BundleBlock.magic)
        self.file = file
        fileBytes = BundleBlock.magic.count
        try write(.header, header.encoded)
        for payload in knowledge { try write(.knowledge, payload) }
        hasContents = false
    }

    private func write(_ kind: BundleBlock.Kind, _ payload: [UInt8]) throws {
        let block = BundleBlock(kind, index, payload, ofPart: header.part, of: header.bundle, by: key)
        let bytes = block.bytes
        let endBytes = kind == .end ? 0 : Self.endBlockBytes
        if let splitBytes, fileBytes + bytes.count + endBytes > splitBytes {
            throw StorageError(
                .tooLarge, "a part of the bundle does not fit into \(splitBytes) bytes",
                hint: "split it into larger parts; nothing was left behind")
        }
        try file?.write(bytes)
        fileBytes += bytes.count
        hash = BundleEnd.hash(hash, block.hash)
        index += 1
    }

    private func endPart(isLast: Bool) throws {
        let end = BundleEnd(isLast: isLast, blockCount: index, hash: hash)
        try write(.end, end.encoded)
        guard let file else { return }
        // Something else may have written it meanwhile.
        if !replacesExisting { try Self.requireFree(file.path, of: path) }
        try file.finish()
        parts.append(Part(path: file.path, sizeBytes: fileBytes))
        self.file = nil
        header.part += 1
    }
}
