internal import QuipuCausality
public import QuipuStorage
internal import QuipuWire

/// Applies bundles, as far as they can be read.
///
/// Each block is verified by its hash and its signature before anything of it is written, and is applied in one commit.
/// What is here already changes nothing. What hangs on something that is not here is left for another bundle.
public struct BundleApplication {
    public struct Options {
        /// Apply deletions of most of a collection without confirmation.
        public var acceptsDeletions = false
        /// Whether to accept the bundles of a sender that is not known yet, from now on.
        public var trusts: (BundleHeader) throws -> Bool = { _ in false }

        public init() {}
    }

    private let store: Store
    private let options: Options
    private let parts: [BundlePart]
    private let deletions: DeletionGuard
    /// Under which this replica writes, and what was here before.
    private let ownOrigin: Origin
    private let before: Vector
    private var report: BundleReport
    private var told: BundleKnowledge?
    /// A branch was found or told of.
    private var hasNewNames = false
    /// Blocks whose transactions were counted; another file of the same part may have them too.
    private var counted: Set<UInt32> = []
    private var admission: BundleAdmission
    /// Under these names here; nil where they may mean something else in the bundle.
    private var branchStarts: Set<ChainHash>?

    /// Applies the bundles in files, in the order in which their senders made them.
    ///
    /// - Parameter paths: of the files; parts in any order.
    /// - Returns: for each bundle what came of it.
    /// - Throws: `StorageError`, `ReplicationError`: `notABundle`; `otherArchive`; `wrongSignature`; `unknownSender` for
    ///   one that is not trusted; `massDeletion`. Before the last nothing was written; of a mass deletion the blocks before.
    public static func apply(_ paths: [String], to store: Store, _ options: Options = Options()) throws
        -> [BundleReport]
    {
        let bundles = try BundlePart.bundles(in: paths)
        for parts in bundles {
            try requireAcceptable(parts[0].header, by: store)
        }
        for parts in bundles { try accept(parts[0].header, in: store, options) }
        return try bundles.map { parts in
            var application = try BundleApplication(parts, to: store, options)
            return try application.run()
        }
    }

    private static func requireAcceptable(_ header: BundleHeader, by store: Store) throws {
        if header.archive != store.id {
            throw ReplicationError(
                .otherArchive,
                "the bundle is of another archive: here \(store.id.hexadecimal), there \(header.archive.hexadecimal)",
                hint: "apply it to a mirror of that archive; nothing was written")
        }
    }

    /// Asks once about a sender that is not known.
    private static func accept(_ header: BundleHeader, in store: Store, _ options: Options) throws {
        if try store.bundleSenders.ownKey().publicKey == header.key { return }
        if try store.bundleSenders.all().contains(where: { $0.key == header.key }) { return }
        guard try options.trusts(header) else {
            throw ReplicationError(
                .unknownSender,
                "the bundle is signed with a key that is not known here: \(BundleHeader.grouped(header.sender.hexadecimal)), of '\(header.senderName)'",
                remedy: Remedy(.trustSender, header.sender.hexadecimal))
        }
        try store.bundleSenders.note(
            BundleSender(
                key: header.key, name: header.senderName,
                number: BundleNumber(incarnation: header.number.incarnation, counter: 0),
                madeAtMilliseconds: header.madeAtMilliseconds, told: []))
    }

    private init(_ parts: [BundlePart], to store: Store, _ options: Options) throws {
        self.store = store
        self.options = options
        self.parts = parts
        deletions = try DeletionGuard(store, accepting: options.acceptsDeletions)
        let header = parts[0].header
        report = BundleReport(header)
        let own = try store.bundleSenders.ownKey()
        report.isOwn = own.publicKey == header.key
        report.isForAnother =
            header.receiver.map { $0 != SigningKey.origin(ofPublicKey: own.publicKey) } ?? false
        admission = BundleAdmission(Vector())
        ownOrigin = SigningKey.origin(ofPublicKey: own.publicKey)
        before = try store.log.vector()
    }

    private mutating func run() throws -> BundleReport {
        for part in parts where told == nil { told = try part.knowledge() }
        if let told { _ = try join(told.branchStarts) }
        try compareHistories()
        for part in parts { try take(part) }
        report.completeness.finish()
        try conclude()
        return report
    }

    /// Finds origins whose histories differ, by the chain hashes that the sender tells.
    private mutating func compareHistories() throws {
        let own = try store.log.knowledge()
        guard let told else {
            branchStarts = nil
            admission = BundleAdmission(own.vector)
            return
        }
        admission = BundleAdmission(
            own.vector, told: try Divergence.facts(told.entries + told.base, in: store))
        branchStarts = own.branchStarts == Set(told.branchStarts) ? own.branchStarts : nil
    }

    private mutating func take(_ part: BundlePart) throws {
        var part = part
        report.completeness.begin(part)
        while let event = try part.next() {
            try report.completeness.note(event)
            if case .block(let block) = event, block.kind == .message { try take(block) }
        }
    }

    /// Applies one block.
    private mutating func take(_ block: BundleBlock) throws {
        let message = try block.message()
        let (header, end) = try message.finish()
        guard header.archive == store.id, !message.hasReferences else {
            throw ReplicationError(.malformed, "the bundle has a block that no Quipu writes")
        }
        let transactions = try message.transactions(completedFrom: store)
        if counted.insert(block.index).inserted { report.transactionCount += transactions.count }
        try apply(transactions, ends: end.ends)
        for text in message.texts
        where try store.texts.addPart(text.bytes, of: text.hash, at: text.offset, totalBytes: text.totalBytes)
        {
            report.textCount += 1
        }
    }

    private mutating func apply(_ transactions: [Transaction], ends: [Vector.Entry]) throws {
        while true {
            let starts = try admission.branchStarts(in: transactions, ends: ends, of: store)
            guard try !starts.isEmpty && join(starts) else { break }
            // From here on names mean something else here than in the bundle.
            try compareHistories()
        }
        let (admitted, leavesSome) = admission.admit(transactions)
        if admitted.isEmpty { return }
        if let massive = try deletions.check(admitted) { throw ReplicationError(massive) }
        var last: [Origin: UInt64] = [:]
        for transaction in admitted { last[transaction.name.origin] = transaction.name.sequence }
        let proved = ends.filter { last[$0.origin] == $0.sequence }
        let unproven = admission.unproven(admitted)
        let outcome: ApplyOutcome?
        if branchStarts == nil || !unproven.isEmpty {
            // Only what proves that names mean the same, and that it goes on after what is here.
            outcome = leavesSome ? nil : try store.apply(admitted, provedBy: proved)
            if outcome == nil, branchStarts != nil {
                admission.leave(unproven, areOthers: !leavesSome, own: try store.log.vector())
                return try apply(transactions, ends: ends)
            }
        } else {
            outcome = try store.apply(admitted, ends: proved, branchStarts: branchStarts)
        }
        guard let outcome, !outcome.isUnderOtherNames, outcome.refused.isEmpty else {
            admission.reset(to: try store.log.vector())
            note(outcome)
            return
        }
        for (origin, sequence) in last {
            admission.prove(TransactionName(origin: origin, sequence: sequence))
        }
        note(outcome)
    }

    /// - Returns: whether names here mean something else now.
    private mutating func join(_ starts: [ChainHash]) throws -> Bool {
        let hasNew = try store.log.join(branchStarts: starts)
        if hasNew { hasNewNames = true }
        return hasNew
    }

    private mutating func note(_ outcome: ApplyOutcome?) {
        guard let outcome else { return }
        report.appliedCount += outcome.appliedCount
        report.appliedRecordCount += outcome.appliedRecordCount
        for use in outcome.inOwnName where report.inOwnName.count < BundleReport.maximumRefusals {
            report.inOwnName.append(use)
        }
        for refusal in outcome.refused.map(\.description)
        where report.refused.count < BundleReport.maximumRefusals && !report.refused.contains(refusal) {
            report.refused.append(refusal)
        }
    }

    /// Compares what is here now with what the sender held, and remembers that.
    private mutating func conclude() throws {
        report.missingTexts = try store.texts.missingCount
        guard let told else { return }
        let header = report.header
        let own = try store.log.vector()
        let theirs = told.knowledge.vector
        report.gaps = told.entries.compactMap { entry in
            let held = own.sequence(of: entry.origin)
            let isDiverged = admission.diverged.contains(entry.origin)
            guard held < entry.sequence || isDiverged else { return nil }
            return BundleReport.Gap(
                origin: entry.origin, first: min(held + 1, entry.sequence), last: entry.sequence,
                reason: isDiverged ? .diverged : branchStarts == nil ? .otherNames : .missing)
        }
        report.tellsKnowledge = true
        let lackedThere = Set(told.wants.map(\.hash))
        report.holdsAll =
            try report.gaps.isEmpty
            && store.texts.wanted(limit: MessageHeader.maximumWants).allSatisfy {
                lackedThere.contains($0.hash)
            }
        report.unsentCount = Int(
            clamping: own.entries.reduce(0 as UInt64) { sum, entry in
                let held = theirs.sequence(of: entry.origin)
                return sum &+ (entry.sequence > held ? entry.sequence - held : 0)
            })
        if report.isOwn { return }
        let known = try store.bundleSenders.all().first { $0.key == header.key }
        if known.map({ header.number.replaces($0.number) }) ?? true {
            try store.bundleSenders.note(
                BundleSender(
                    key: header.key, name: header.senderName, number: header.number,
                    madeAtMilliseconds: header.madeAtMilliseconds, told: told.remembered))
        }
        // This archive was put back to an earlier state: the sender took for granted what is not here, or holds more of what
        // this replica wrote. What later bundles of this replica tell must count again.
        let isMistaken = told.base.contains { own.sequence(of: $0.origin) < $0.sequence }
        let tellsOfOwn = theirs.sequence(of: ownOrigin) > before.sequence(of: ownOrigin)
        if hasNewNames || tellsOfOwn || (isMistaken && !report.isForAnother && header.receiver != nil) {
            try store.bundleSenders.renumber()
        }
    }
}
