internal import QuipuCausality

/// The contents of a bundle, as far as they can be read. Every block is verified, and nothing is applied.
public struct BundleInspection: Sendable {
    public var header: BundleHeader
    public var completeness = BundleCompleteness()
    public var transactionCount = 0
    /// Records changed by these.
    public var recordCount = 0
    /// Parts of long texts.
    public var textCount = 0
    /// Origins of which the bundle has only what the receiver had not; nil if that is not readable.
    public var baseCount: Int?
    /// Of one file of each part.
    public var sizeBytes = 0
    /// Blocks that were counted; another file of the same part may have them too.
    private var counted: Set<UInt32> = []

    /// - Throws: `StorageError`; `ReplicationError`: `notABundle`, `damaged` if a file has no readable header, `wrongSignature`.
    public static func inspect(_ paths: [String]) throws -> [BundleInspection] {
        try BundlePart.bundles(in: paths).map { parts in
            var inspection = BundleInspection(header: parts[0].header)
            for part in parts {
                if inspection.baseCount == nil { inspection.baseCount = try part.knowledge()?.base.count }
                try inspection.read(part)
            }
            inspection.completeness.finish()
            let files = Dictionary(grouping: parts, by: \.header.part).values
            inspection.sizeBytes = files.reduce(0) { $0 + ($1.map(\.sizeBytes).max() ?? 0) }
            return inspection
        }
    }

    private init(header: BundleHeader) { self.header = header }

    private mutating func read(_ part: BundlePart) throws {
        var part = part
        completeness.begin(part)
        while let event = try part.next() {
            try completeness.note(event)
            guard case .block(let block) = event, block.kind == .message, counted.insert(block.index).inserted
            else { continue }
            let message = try block.message()
            transactionCount += message.transactions.count
            recordCount += message.transactions.reduce(0) { $0 + $1.records.count }
            textCount += message.texts.count
        }
    }
}
