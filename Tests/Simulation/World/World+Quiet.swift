internal import QuipuCausality
internal import QuipuReplication
internal import QuipuStorage

extension World {
    /// Rounds in which everybody exchanges with everybody; two suffice where nothing is odd.
    private static let maximumRounds = 10
    private static let maximumRoundTrips = 40

    /// Ends all faults but those of clocks, and lets everybody exchange with everybody until nothing changes.
    func bringQuiet() throws {
        for machine in machines {
            machine.isAwayUntil = 0
            machine.disk.disarm()
        }
        for _ in 0..<Self.maximumRounds {
            let before = try fingerprints()
            var isInSync = true
            for peer in machines where peer.exists {
                for caller in machines where caller.exists && caller !== peer {
                    clocks.advance(milliseconds: 1_000)
                    isInSync = try exchangeQuietly(caller, peer) && isInSync
                }
            }
            if isInSync, try fingerprints() == before { return }
        }
        throw Violation(
            "everybody with everybody comes to an end", try fingerprints().joined(separator: "; "))
    }

    private func exchangeQuietly(_ caller: Machine, _ peer: Machine) throws -> Bool {
        guard let store = caller.store else { return true }
        statistics.add("exchanges")
        do {
            let report = try exchange(store, of: caller, with: peer)
            try caller.acknowledge(&ledger)
            guard report.roundTrips <= Self.maximumRoundTrips else {
                throw Violation(
                    "an exchange without faults takes a few round trips",
                    "\(report.roundTrips) between \(caller.index) and \(peer.index)")
            }
            return report.inSync || report.missingTexts > 0
        } catch let error as Violation {
            throw error
        } catch {
            throw Violation(
                "an exchange without faults succeeds", "\(caller.index) with \(peer.index): \(error)")
        }
    }

    private func fingerprints() throws -> [String] {
        try machines.compactMap { machine in
            try machine.store.map {
                try
                    "\(machine.index): \($0.log.vector().hash) \($0.digest) \($0.texts.missingCount) \($0.log.branchStarts.count)"
            }
        }
    }
}
