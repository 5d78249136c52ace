internal import QuipuReplication

extension World {
    /// - Returns: what came of it, in a word or two, for the trace.
    func carryOut(_ step: Step) throws -> String {
        for machine in machines where machine.isAwayUntil <= step.number { machine.isAwayUntil = 0 }
        let p = step.parameters
        switch step.action {
        case .edit, .editTwoFields, .editTwoRecords, .tag, .collect, .writeLongText, .importArticle,
            .importFile, .importShared, .annotate, .editNote, .delete, .deleteNote, .restore, .purge,
            .resolve,
            .setMergePolicy, .merge, .mergeRecords, .unmergeRecord, .fillCollection, .emptyCollection,
            .compact:
            return try write(on: machine(p[0])) { try work(step, in: $0) }

        case .sync: return try sync(p[0], p[1])
        case .syncNarrow:
            return try sync(p[0], p[1], Weather(messages: p[2]), firstBudgetBytes: 1 << 2 * p[3])
        case .syncCut:
            // Mostly near its end, and with few texts in a message, so that there are checkpoints before.
            let permille = p[4] % 4 == 0 ? p[4] : 600 + p[4] * 2 / 5
            let cut = Weather.Cut(message: p[2], isReply: p[3] == 1, permille: permille)
            return try sync(p[0], p[1], Weather(cut: cut), firstBudgetBytes: 400)
        case .syncTwice: return try sync(p[0], p[1], Weather(isTwice: true))
        case .syncStale:
            do {
                return try sync(p[0], p[1], Weather(staleReply: p[2]))
            } catch let error as ReplicationError where [.damaged, .malformed].contains(error.code) {
                // A reply of long ago proves what was held then, under another nonce, and answers another question: it
                // is not believed.
                return "stale reply refused"
            }
        case .loseRequest: return try sync(p[0], p[1], Weather(losesRequests: true))
        case .deliverOld: return try deliverOld(p[0])

        case .losePower:
            machine(p[0]).disk.armPowerLoss(operations: p[1] + 1, after: p[2] == 1)
            return "armed"
        case .failWrite:
            machine(p[0]).disk.armFailure(operations: p[1] + 1)
            return "armed"
        case .fillDisk:
            machine(p[0]).disk.isFull = true
            return "full"
        case .clearDisk:
            machine(p[0]).disk.isFull = false
            return "clear"
        case .restart: return try restart(machine(p[0]))

        case .setClock:
            setClock(p[0] % machines.count, fault: p[1])
            return "set"
        case .setClocks:
            for index in machines.indices where p[0] >> index & 1 == 1 { setClock(index, fault: p[1]) }
            return "set"
        case .vouch:
            clocks.synchronize(p[1] == 1, machine: p[0] % machines.count)
            hasVouched = hasVouched || clocks.isWordFalse
            return p[1] == 1 ? "trusted" : "measured"
        case .reboot:
            clocks.reboot(machine: p[0] % machines.count)
            return "started"
        case .wait:
            clocks.advance(milliseconds: Int64(p[0]) * Clocks.dayMilliseconds)
            return "waited"
        case .goAway:
            machine(p[0]).isAwayUntil = step.number + p[1]
            return "away"

        case .backUp: return try backUp(machine(p[0]))
        case .restoreFolder: return try restoreBackup(of: machine(p[0]), isWhole: true)
        case .restoreArchive: return try restoreBackup(of: machine(p[0]), isWhole: false)
        case .copyFolder: return try copyFolder(of: machine(p[0]))
        case .replaceMachine: return try replace(machine(p[0]))

        case .hearNewer: return try hearNewer(machine(p[0]), variant: p[1], step: step.number)
        case .hearLiar: return try hearLiar(machine(p[0]), variant: p[1], salt: p[2], step: step.number)
        case .quiet:
            try bringQuiet()
            try checkPromises()
            return "all equal"
        }
    }

    private func setClock(_ index: Int, fault: Int) {
        statistics.add("clock changes")
        clocks.set(ClockFaults.fault(fault, machine: index, in: clocks), machine: index)
        clocks.synchronize(ClockFaults.hasTimeServer(fault), machine: index)
    }
}
