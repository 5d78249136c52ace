internal import QuipuCausality
public import QuipuStorage
internal import QuipuWire

/// The answering side of an exchange: takes one message, applies it, and says what the caller lacks. It
/// remembers nothing between messages.
public enum Responder {
    /// Bytes of texts in one reply, whatever the caller would like.
    public static let maximumBudgetBytes = 8 << 20

    /// What is answered, and what it holds.
    public struct Reply: Sendable {
        public var bytes: [UInt8]
        public var transactionCount: Int
        /// What was taken from the caller that had not been here.
        public var taken: QuotaAmount

        public init(bytes: [UInt8], transactionCount: Int = 0, taken: QuotaAmount = QuotaAmount()) {
            self.bytes = bytes
            self.transactionCount = transactionCount
            self.taken = taken
        }
    }

    /// - Parameters:
    ///   - request: a whole message. The same once more has the same answer but for its proof, where nothing changed
    ///     meanwhile.
    ///   - store: the archive that was asked for.
    ///   - isReadOnly: the caller may read and nothing else: its clock is not heeded, and what it sends is refused.
    /// - Returns: the reply's bytes.
    /// - Throws: `ReplicationError`, `StorageError`, `WireError`.
    public static func answer(
        _ request: borrowing IncomingMessage, from store: Store, isReadOnly: Bool = false
    ) throws -> [UInt8] {
        try reply(to: request, from: store, isReadOnly: isReadOnly).bytes
    }

    /// As `answer`, for whoever counts.
    ///
    /// - Parameter allowed: what may be taken from the caller; nil for all. Of more the first part is taken.
    /// - Throws: also `ReplicationError.dailyLimit` where nothing may be taken.
    public static func reply(
        to request: borrowing IncomingMessage, from store: Store, isReadOnly: Bool = false,
        allowing allowed: QuotaAmount? = nil
    ) throws -> Reply {
        let (caller, end) = try request.finish()
        guard caller.protocolVersion == MessageHeader.protocolVersion else {
            throw ReplicationError(
                .newerProtocol,
                "the caller speaks protocol \(caller.protocolVersion), this one \(MessageHeader.protocolVersion)",
                hint: "install the newer Quipu on both sides")
        }
        if let archive = caller.archive, archive != store.id {
            throw ReplicationError(
                .otherArchive,
                "that is another archive: here \(store.id.hexadecimal), there \(archive.hexadecimal)",
                hint: "sync with a mirror of the same archive, or clone this one to a new folder")
        }
        // A question about parts of the archive changes nothing, whoever asks it.
        if let question = caller.question {
            return Reply(bytes: try answer(question, at: caller.agreed, from: store))
        }
        if !caller.ranges.isEmpty {
            return Reply(bytes: try digests(of: caller.ranges, in: store))
        }
        // An inquiry wants nothing and changes nothing.
        let isInquiry = caller.budgetBytes == 0
        var taken = QuotaAmount()
        if isReadOnly {
            let bringsNames =
                try !isInquiry && !Set(store.log.branchStarts).isSuperset(of: caller.branchStarts)
            guard request.isBare, !bringsNames else {
                throw ReplicationError(
                    .readOnly, "this token may only read, and the message has edits in it",
                    hint: "nothing was written; ask for what is new without sending anything")
            }
        } else if !isInquiry {
            taken.branchStarts = try Set(caller.branchStarts).subtracting(store.log.branchStarts).count
            // They mean something only together.
            if taken.branchStarts > 0, let allowed, allowed.branchStarts <= 0 {
                throw ReplicationError(dailyLimitOn: "copies of folders")
            }
            try store.log.join(branchStarts: caller.branchStarts)
            try store.clock.hold(clockOfCaller: caller.clock)
        }
        if !caller.probes.isEmpty { return Reply(bytes: try probed(caller.probes, of: store), taken: taken) }

        let knowledge = try Self.knowledge(toldBy: caller, agreedWith: store)
        let differing = try knowledge == nil ? [] : Divergence.differing(caller.entries, in: store)
        // Names that mean something else here would bring a chain into disorder: first find where it branched.
        let isInStep = knowledge != nil && differing.isEmpty
        var needsFullRecords = false
        if isInStep, request.hasReferences {
            let (brought, isWhole) = try take(
                RebuiltMessage(request, before: end, in: store), in: store, allowing: allowed)
            taken = taken + brought
            needsFullRecords = !isWhole
        } else if isInStep {
            let admitted = try AdmittedTransactions(
                of: request.transactions(completedFrom: store), within: allowed, in: store)
            _ = try store.apply(
                admitted.transactions, ends: end.ends, branchStarts: knowledge?.branchStarts)
            taken = taken + admitted.taken
        }
        for part in request.texts {
            try store.texts.addPart(part.bytes, of: part.hash, at: part.offset, totalBytes: part.totalBytes)
        }

        if !isInquiry { try store.noteShown() }
        return try store.reading {
            let own = try store.log.knowledge()
            var header = try MessageHeader(describing: store, knowing: own)
            header.needsWholeVector = knowledge == nil
            header.probed = differing
            header.needsFullRecords = needsFullRecords
            // What may not be sent is not asked for.
            if isReadOnly { header.wants = [] }
            if header.vectorHash != caller.vectorHash {
                header.tellBranchStarts(of: own)
                header.takesReferences = caller.takesReferences
                let isChange = caller.agreed != nil && isInStep
                let entries =
                    if let agreed = caller.agreed, isInStep {
                        try store.log.vectorEntries(changedSince: Int64(clamping: agreed.position))
                    } else {
                        own.vector.entries
                    }
                // Of more the caller asks by ranges.
                if entries.count <= MessageHeader.toldEntries {
                    header.entries = entries
                    header.isWholeVector = !isChange
                }
            }
            try header.prove(to: caller, knowing: own, in: store)
            // What the caller has just sent it need not be sent back, whatever it said of its vector.
            var held = isInStep && own.branchStarts == knowledge?.branchStarts ? knowledge?.vector : nil
            for entry in end.ends where (held?.sequence(of: entry.origin) ?? 0) < entry.sequence {
                held?[entry.origin] = entry
            }
            let message = try OutgoingMessage.write(
                header, from: store, lacking: held, wants: caller.wants,
                budgetBytes: Int(min(caller.budgetBytes, UInt64(maximumBudgetBytes))),
                compressionLevel: caller.compressionLevel, tellsReferences: caller.takesReferences,
                filter: isReadOnly ? nil : caller.filter)
            return Reply(
                bytes: message.bytes, transactionCount: message.transactionCount, taken: taken)
        }
    }

    /// Takes what a message has brought that is not all there, as far as that is proved.
    ///
    /// - Parameter allowed: what may be taken from the caller; nil for all.
    /// - Returns: what of it had not been here, and how many of its segments are here now.
    /// - Throws: `StorageError`, `ReplicationError.dailyLimit`.
    public static func keep(_ part: PartialMessage, in store: Store, allowing allowed: QuotaAmount? = nil)
        throws
        -> (taken: QuotaAmount, segmentCount: Int)
    {
        var taken = QuotaAmount()
        var segmentCount = 0
        let caller = part.header
        guard caller.protocolVersion == MessageHeader.protocolVersion,
            caller.archive == store.id, try Set(store.log.branchStarts).isSuperset(of: caller.branchStarts),
            try Divergence.differing(caller.entries, in: store).isEmpty
        else { return (taken, segmentCount) }
        var completion = DifferenceResolution()
        var resolution = ReferenceResolution(store)
        for segment in part.segments {
            let left = allowed.map { $0 - taken }
            let rebuilt = try resolution.rebuild(segment.told)
            guard rebuilt.isWhole else { break }
            let transactions = try completion.complete(
                rebuilt.transactions, by: segment.differences, from: store)
            let admitted = try AdmittedTransactions(of: transactions, within: left, in: store)
            guard admitted.transactions.count == transactions.count,
                let outcome = try store.apply(transactions, provedBy: segment.ends)
            else { break }
            resolution.noteStored()
            taken = taken + QuotaAmount(origins: admitted.taken.origins, transactions: outcome.appliedCount)
            for part in segment.texts {
                try store.texts.addPart(
                    part.bytes, of: part.hash, at: part.offset, totalBytes: part.totalBytes)
            }
            segmentCount += 1
        }
        return (taken, segmentCount)
    }

    /// Takes what was rebuilt of a message, part by part, as far as it is proved.
    ///
    /// - Returns: what of it had not been here, and whether that is all that may be taken: otherwise the caller is to tell
    ///   it in full.
    /// - Throws: `StorageError`, `ReplicationError.dailyLimit` where nothing may be taken.
    private static func take(
        _ message: RebuiltMessage, in store: Store, allowing allowed: QuotaAmount?
    ) throws -> (taken: QuotaAmount, isWhole: Bool) {
        var taken = QuotaAmount()
        for part in message.parts {
            let admitted: AdmittedTransactions
            do {
                admitted = try AdmittedTransactions(
                    of: part.transactions, within: allowed.map { $0 - taken }, in: store)
            } catch let error as ReplicationError where error.code == .dailyLimit && taken != QuotaAmount() {
                // The rest is refused when it comes again.
                return (taken, true)
            }
            guard admitted.transactions.count == part.transactions.count,
                let outcome = try store.apply(part.transactions, provedBy: part.ends)
            else { return (taken, false) }
            taken = taken + QuotaAmount(origins: admitted.taken.origins, transactions: outcome.appliedCount)
        }
        return (taken, message.isWhole)
    }

    /// Chain hashes that a caller asked for, of those that are held here.
    private static func probed(_ names: [TransactionName], of store: Store) throws -> [UInt8] {
        try store.reading {
            let own = try store.log.knowledge()
            var header = try MessageHeader(describing: store, knowing: own)
            header.tellBranchStarts(of: own)
            header.probed = try names.compactMap { try store.log.entry(of: $0) }
            return try MessageWriter(header: header).finish(MessageEnd(hasMore: true, ends: []))
        }
    }

    /// How what is known compares with what the caller told of parts of it.
    /// - Parameter state: what this replica knew then is asked for; nil for now.
    private static func answer(
        _ question: KnowledgeQuestion, at state: MessageHeader.AgreedState?, from store: Store
    ) throws -> [UInt8] {
        try store.reading {
            var known = try store.log.knowledge()
            var header = try MessageHeader(describing: store, knowing: known)
            header.wants = []
            if let state {
                known = try store.log.knowledge(at: Int64(clamping: state.position))
                header.needsWholeVector = state.position > header.position || known.hash != state.vectorHash
                (header.position, header.vectorHash) = (state.position, state.vectorHash)
            }
            if !header.needsWholeVector {
                let ranges = KnowledgeRanges(known, nonce: question.nonce)
                if question.outline.isEmpty {
                    header.answer = ranges.answer(question.ranges, roomBytes: answerBytes)
                } else {
                    header.briefAnswer = ranges.briefAnswer(question.outline, roomBytes: answerBytes)
                }
            }
            return try MessageWriter(header: header).finish(MessageEnd(hasMore: false, ends: []))
        }
    }

    /// Of ranges and entries in a header.
    private static let answerBytes = 48 << 10

    /// Digests of parts of the archive.
    private static func digests(of ranges: [MessageHeader.Range], in store: Store) throws -> [UInt8] {
        try store.reading {
            var header = try MessageHeader(describing: store, knowing: store.log.knowledge())
            for range in ranges {
                let own = try store.ranges.content(
                    of: HandleRange(first: Int64(clamping: range.first), last: Int64(clamping: range.last)))
                header.rangeDigests.append(.init(digest: own.digest, headCount: UInt64(own.headCount)))
                header.contentDigests.append(own.contentDigest)
            }
            return try MessageWriter(header: header).finish(MessageEnd(hasMore: false, ends: []))
        }
    }

    /// What the caller knows: as it was told, or rebuilt from the last agreement and what changed since. Nil when
    /// the memory of that agreement is no longer true, or the caller lacks branch starts that are known here.
    private static func knowledge(toldBy caller: MessageHeader, agreedWith store: Store) throws -> Knowledge?
    {
        // The hash covers the branch starts: what fits under those of this archive is told under the same names.
        var told = Knowledge(branchStarts: Set(try store.log.branchStarts))
        if caller.isWholeVector {
            told.vector = Vector(caller.entries)
        } else if let agreed = caller.agreed, agreed.position <= UInt64(clamping: try store.position) {
            told.vector = try store.log.vector(at: Int64(agreed.position))
            guard told.hash == agreed.vectorHash else { return nil }
            guard try told.vector.fallBack(to: caller.behind, in: store) else { return nil }
            for origin in caller.lacks { told.vector[origin] = nil }
            for entry in caller.entries { told.vector[entry.origin] = entry }
        }
        return told.hash == caller.vectorHash ? told : nil
    }
}

extension Vector {
    /// Goes back to what somebody says to hold of some of its origins.
    /// - Returns: false where there are no such places in it, or no such transactions here.
    fileprivate mutating func fallBack(to behind: [BehindEntry], in store: Store) throws -> Bool {
        if behind.isEmpty { return true }
        let before = entries
        for held in behind {
            guard held.index < UInt64(before.count), held.sequence <= before[Int(held.index)].sequence else {
                return false
            }
            let origin = before[Int(held.index)].origin
            if held.sequence == 0 {
                self[origin] = nil
            } else {
                let name = TransactionName(origin: origin, sequence: held.sequence)
                guard let entry = try store.log.entry(of: name) else { return false }
                self[origin] = entry
            }
        }
        return true
    }
}
