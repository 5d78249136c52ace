internal import QuipuCausality
public import QuipuStorage
internal import QuipuWire

/// The answering side of an exchange: applies one message and replies with what the caller lacks. It keeps no state
/// between messages.
public enum Responder {
    /// The most bytes of texts in one reply, whatever the caller requests.
    public static let maximumBudgetBytes = 8 << 20

    /// A reply, and what it contains.
    public struct Reply: Sendable {
        public var bytes: [UInt8]
        public var transactionCount: Int
        /// The new data that was accepted from the caller.
        public var taken: QuotaAmount

        public init(bytes: [UInt8], transactionCount: Int = 0, taken: QuotaAmount = QuotaAmount()) {
            self.bytes = bytes
            self.transactionCount = transactionCount
            self.taken = taken
        }
    }

    /// - Parameters:
    ///   - request: a complete message. The same message again has the same reply except for its proof, if nothing
    ///     has changed meanwhile.
    ///   - store: the requested archive.
    ///   - isReadOnly: the caller may only read: its clock is ignored, and its items are refused.
    /// - Returns: the reply's bytes.
    /// - Throws: `ReplicationError`, `StorageError`, `WireError`.
    public static func answer(
        _ request: borrowing IncomingMessage, from store: Store, isReadOnly: Bool = false
    ) throws -> [UInt8] {
        try reply(to: request, from: store, isReadOnly: isReadOnly).bytes
    }

    /// As `answer`, with counts.
    ///
    /// - Parameter allowed: the quota for new data; nil for none. The first transactions up to the quota are
    ///   accepted.
    /// - Throws: also `ReplicationError.dailyLimit` if nothing is accepted.
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
        // A question about ranges changes nothing and is answered to every caller.
        if let question = caller.question {
            return Reply(bytes: try answer(question, at: caller.agreed, from: store))
        }
        if !caller.ranges.isEmpty {
            return Reply(bytes: try digests(of: caller.ranges, in: store))
        }
        // A handshake requests nothing and changes nothing.
        let isHandshake = caller.budgetBytes == 0
        var taken = QuotaAmount()
        if isReadOnly {
            let bringsNames =
                try !isHandshake && !Set(store.log.branchStarts).isSuperset(of: caller.branchStarts)
            guard request.isBare, !bringsNames else {
                throw ReplicationError(
                    .readOnly, "this token may only read, but the message contains edits",
                    hint: "nothing was written; fetch changes without sending any")
            }
        } else if !isHandshake {
            taken.branchStarts = try Set(caller.branchStarts).subtracting(store.log.branchStarts).count
            // Branch starts are meaningful only together.
            if taken.branchStarts > 0, let allowed, allowed.branchStarts <= 0 {
                throw ReplicationError(dailyLimitOn: "copies of folders")
            }
            try store.log.join(branchStarts: caller.branchStarts)
            try store.clock.hold(clockOfCaller: caller.clock)
        }
        if !caller.probes.isEmpty { return Reply(bytes: try probed(caller.probes, of: store), taken: taken) }

        let knowledge = try Self.knowledge(toldBy: caller, agreedWith: store)
        let differing = try knowledge == nil ? [] : Divergence.differing(caller.entries, in: store)
        // Names that mean something else here would corrupt a chain: first find where it branched.
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
        try store.texts.add(request.texts.map { Texts.Part($0) })

        if !isHandshake { try store.noteShown() }
        return try store.reading {
            let own = try store.log.knowledge()
            var header = try MessageHeader(describing: store, knowing: own)
            header.needsWholeVector = knowledge == nil
            header.probed = differing
            header.needsFullRecords = needsFullRecords
            // A caller that may not send texts is not asked for them.
            if isReadOnly { header.wants = [] }
            let inlineBytes = caller.inlineBytes.map { Int(min($0, UInt64(Limits.inlineValueBytes))) }
            if let inlineBytes {
                header.inlineBytes = UInt64(inlineBytes)
                try header.tellUrgent(of: store, roomBytes: caller.budgetBytes, asks: !isReadOnly)
            }
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
                // If there are more, the caller searches by ranges.
                if entries.count <= MessageHeader.toldEntries {
                    header.entries = entries
                    header.isWholeVector = !isChange
                }
            }
            try header.prove(to: caller, knowing: own, in: store)
            // What the caller has just sent is not sent back, whatever its vector states.
            var held = isInStep && own.branchStarts == knowledge?.branchStarts ? knowledge?.vector : nil
            for entry in end.ends where (held?.sequence(of: entry.origin) ?? 0) < entry.sequence {
                held?[entry.origin] = entry
            }
            let message = try OutgoingMessage.write(
                header, from: store, lacking: held, wants: caller.wants,
                budgetBytes: Int(min(caller.budgetBytes, UInt64(maximumBudgetBytes))),
                compressionLevel: caller.compressionLevel, tellsReferences: caller.takesReferences,
                filter: isReadOnly ? nil : caller.filter, inlineBytes: inlineBytes)
            return Reply(
                bytes: message.bytes, transactionCount: message.transactionCount, taken: taken)
        }
    }

    /// Applies the proved part of an incomplete message.
    ///
    /// - Parameter allowed: the quota for new data; nil for none.
    /// - Returns: the new data that was accepted, and how many segments were applied.
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
            try store.texts.add(segment.texts.map { Texts.Part($0) })
            segmentCount += 1
        }
        return (taken, segmentCount)
    }

    /// Applies a rebuilt message, part by part, as far as it is proved.
    ///
    /// - Returns: the new data that was accepted, and whether that is all of it; otherwise the caller must send the
    ///   rest in full.
    /// - Throws: `StorageError`, `ReplicationError.dailyLimit` if nothing is accepted.
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
                // The rest is refused when it is sent again.
                return (taken, true)
            }
            guard admitted.transactions.count == part.transactions.count,
                let outcome = try store.apply(part.transactions, provedBy: part.ends)
            else { return (taken, false) }
            taken = taken + QuotaAmount(origins: admitted.taken.origins, transactions: outcome.appliedCount)
        }
        return (taken, message.isWhole)
    }

    /// The caller's vector and branch starts: as stated, or computed from the last agreement and what changed since.
    /// Nil if the remembered agreement is outdated, or the caller lacks branch starts that are known here.
    private static func knowledge(toldBy caller: MessageHeader, agreedWith store: Store) throws -> Knowledge?
    {
        // The hash covers the branch starts: a vector that matches under those of this archive uses the same names.
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
    /// Reduces some origins to the sequences that a caller states to hold.
    /// - Returns: false if there are no such indexes in the vector, or no such transactions here.
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
