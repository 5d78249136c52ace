internal import QuipuCausality
internal import QuipuStorage
internal import QuipuWire

extension ExchangeSession {
    /// Finds out what the peer knows, and joins the branch starts of both sides, so that names mean the same on both.
    ///
    /// - Returns: the peer's state, and where its chains differ from those held here; nil if the peer keeps other
    ///   branch starts, or others keep adding some.
    /// - Throws: `ReplicationError.malformed` if the peer's answers are inconsistent.
    mutating func findBase() throws -> (base: KnowledgeBaseline, facts: [Divergence.Fact])? {
        dropDrafts()
        var hasAskedToMake = false
        for _ in 0..<Self.maximumSearches {
            let own = try store.log.knowledge()
            var search = VectorSearch(try MessageHeader(describing: store, knowing: own), over: transport)
            defer {
                report.roundTrips += search.roundTrips
                report.bytesSent += search.bytesSent
                report.bytesReceived += search.bytesReceived
            }
            let nonce = MessageHeader.freshNonce(store.environment)
            let found: KnowledgeBaseline?
            do {
                found = try findBase(by: &search, knowing: own, nonce: nonce)
            } catch let error as ReplicationError
                where error.code == .noSuchArchive && agreement == nil && !hasAskedToMake
                && report.refusal == nil
            {
                // A question does not create an archive; the first push of an archive with many origins must.
                hasAskedToMake = true
                try search.askToMake()
                continue
            }
            guard let base = found else { throw search.failure }
            if try store.log.join(branchStarts: base.knowledge.branchStarts) { continue }
            let lacking = own.branchStarts.subtracting(base.knowledge.branchStarts)
            if !lacking.isEmpty {
                if report.refusal != nil { return nil }
                try search.tell(lacking)
                continue
            }
            let theirs = base.knowledge.vector.entries.filter { own.vector[$0.origin] != $0 }
            return (base, try Divergence.facts(theirs, in: store))
        }
        return nil
    }

    /// In the brief form if the vector is long and that form has not failed before; otherwise in full.
    private mutating func findBase(by search: inout VectorSearch, knowing own: Knowledge, nonce: UInt128)
        throws
        -> KnowledgeBaseline?
    {
        if !mustTellWhole, own.vector.count > MessageHeader.wholeVectorEntries {
            let brief = try search.runBriefly(knowing: own, nonce: nonce) {
                try store.log.entry(of: $0)?.chain
            }
            if let brief { return brief }
            mustTellWhole = true
        }
        return try search.run(knowing: own, nonce: nonce)
    }

    private static let maximumSearches = 8
}
