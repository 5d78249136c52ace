internal import QuipuCausality
internal import QuipuReplication
internal import QuipuStorage

extension World {
    /// A sync as the command makes it: from the last agreement, and with the new one remembered.
    func sync(
        _ from: Int, _ to: Int, _ weather: Weather = Weather(), firstBudgetBytes: Int? = nil
    ) throws -> String {
        let (caller, peer) = (machine(from), machine(to))
        guard caller !== peer, peer.exists, caller.exists, caller.isAwayUntil == 0 else {
            return "nobody there"
        }
        statistics.add("exchanges")
        return try write(on: caller) { store in
            let report = try exchange(
                store, of: caller, with: peer, weather, firstBudgetBytes: firstBudgetBytes)
            return "sent \(report.sent), received \(report.received), in sync: \(report.inSync)"
        }
    }

    func exchange(
        _ store: Store, of caller: Machine, with peer: Machine, _ weather: Weather = Weather(),
        firstBudgetBytes: Int? = nil
    ) throws -> SyncReport {
        let name = "machine\(peer.index)"
        if try !store.remotes.all().contains(where: { $0.name == name }) {
            try store.remotes.add(name: name, location: name)
        }
        var options = Synchronizer.Options()
        if let firstBudgetBytes {
            options.firstBudgetBytes = firstBudgetBytes
            options.minimumBudgetBytes = 1
            options.maximumBudgetBytes = max(firstBudgetBytes, 64)
        }
        if weather != Weather() { options.maximumAttempts = 1 }
        options.isLinkSlow = (weather.cut?.permille ?? 0) % 2 == 1
        // Some ask first for what the peer has of however little the program made.
        if caller.index % 2 == 1 { options.leastUnsentBytes = 1 }
        // A reply of long ago tells a time that is over.
        if weather.staleReply != nil { hasVouched = true }
        let link = Link(to: peer, in: self, weather: weather)
        let clocksBefore = try (own: clockState(of: caller), other: clockState(of: peer))
        let (report, agreed) = try guarded(caller, store) { accepting in
            var options = options
            options.acceptsDeletions = accepting
            return try Synchronizer(store, over: link, options: options).run(
                agreement: try store.remotes.named(name).agreement)
        }
        if weather == Weather() {
            try checkCaller(caller, before: clocksBefore.own, peer: clocksBefore.other)
        }
        if let agreed { try store.remotes.noteAgreement(agreed, remote: name) }
        if weather.staleReply == nil {
            try checkReport(report, store, of: caller, with: peer)
        }
        return report
    }

    /// "In sync" is said only when it is so, and nobody honest is ever refused.
    private func checkReport(_ report: SyncReport, _ store: Store, of caller: Machine, with peer: Machine)
        throws
    {
        if let refusal = report.refused.first {
            throw Violation("nothing in an honest log is refused", refusal)
        }
        guard report.inSync, let other = peer.store else { return }
        let place = "machines \(caller.index) and \(peer.index)"
        guard try store.log.vector() == other.log.vector() else {
            throw Violation("in sync is said only at equal vectors", place)
        }
        guard try store.digest == other.digest else {
            throw Violation("in sync is said only at equal digests", place)
        }
        guard try store.texts.missingCount == 0 else {
            throw Violation("in sync is said only when no text is missing", place)
        }
    }

    /// A request from long ago, or one that was lost, arrives; nobody waits for its answer.
    func deliverOld(_ number: Int) throws -> String {
        guard let letter = post.request(number) else { return "nothing there" }
        statistics.add("old requests")
        do {
            _ = try deliver(letter.bytes, to: machine(letter.machine))
            return "answered"
        } catch let error as ReplicationError where error.code == .refused {
            return "refused"
        }
    }
}
