internal import QuipuCausality
internal import QuipuStorage
internal import Support

/// The promises, held against every machine at a quiet point.
extension World {
    func checkPromises() throws {
        statistics.add("quiet points")
        let present = machines.filter(\.exists)
        guard let first = present.first, let firstStore = first.store else { return }
        let naive = try PlainArchive(of: firstStore)
        let lines = naive.lines()
        let view = try ArchiveView(of: firstStore)
        let expected = lines.visible.filter { !$0.contains(" deleted=") }
        let forgotten = naive.forgottenValues()
        let grouped = try checkMerges(of: firstStore)
        // Conflicts of records that are merged are those of what they show together.
        func ungrouped(_ lines: [String]) -> [String] {
            lines.filter { line in
                line.contains(" DELETION ") || !grouped.contains { line.hasPrefix($0.text) }
            }
        }
        for machine in present {
            guard let store = machine.store else { continue }
            let place = "machine \(machine.index)"
            let lost = ledger.missing(from: machine.held)
            guard lost.isEmpty else {
                throw Violation(
                    "no acknowledged edit is lost",
                    "\(place) lacks \(lost.count), first \(ledger.describe(lost[0]))")
            }
            guard machine.held == first.held, try store.log.vector() == firstStore.log.vector() else {
                throw Violation("everybody holds the same transactions", place)
            }
            guard try store.digest == firstStore.digest else { throw Violation("digests are equal", place) }
            guard try store.log.branchStarts == firstStore.log.branchStarts else {
                throw Violation("branch starts are equal", place)
            }
            try require(try ArchiveView(of: store).lines, view.lines, "everybody shows the same", place)
            let shown = try ReplicaView(of: store)
            try require(
                shown.visible, expected, "what is shown follows from the transactions", place)
            try require(
                ungrouped(shown.conflicts), ungrouped(lines.conflicts),
                "conflicts follow from the transactions", place)
            let corrections = try machine.corrections()
            for (name, chain) in naive.chains where corrections[chain] != naive.correction(of: name) {
                throw Violation(
                    "clock notes correct what they cover",
                    "\(place): \(name) by \(corrections[chain] ?? 0) instead of \(naive.correction(of: name))"
                )
            }
            try checkStore(store, place)
            try checkLog(of: store, forgotten: forgotten, place)
        }
        try checkMissingTexts(present)
        try checkClocks(present)
        try checkCorrections(naive, present)
        try GroundTruth(naive, ledger).check()
        statistics.add("transactions", first.held.count)
        statistics.add("open conflicts", lines.conflicts.count)
    }

    /// - Returns: the records that are shown with others.
    private func checkMerges(of store: Store) throws -> Set<RecordID> {
        var isUsed = false
        try store.log.forEachTransaction(after: 0) { transaction, _, _ in
            isUsed = transaction.records.contains { $0.fields.contains { $0.field == "mergedInto" } }
            return !isUsed
        }
        guard isUsed else { return [] }
        let reading = try StoreReading(store)
        statistics.add("quiet points with merges")
        if let wrong = reading.complaintOfMerges {
            throw Violation("what merged records show follows from the transactions", wrong)
        }
        if let wrong = try reading.complaintOfDependents(in: store) {
            throw Violation("what hangs on merged records is listed with the one that shows them", wrong)
        }
        return reading.groupedRecords
    }

    private func require(_ found: [String], _ expected: [String], _ rule: String, _ place: String) throws {
        if found == expected { return }
        let extra = found.filter { !expected.contains($0) }.prefix(3)
        let lacking = expected.filter { !found.contains($0) }.prefix(3)
        throw Violation(rule, "\(place) has \(Array(extra)) instead of \(Array(lacking))")
    }

    private func checkStore(_ store: Store, _ place: String) throws {
        let report = try store.verify()
        guard report.damaged.isEmpty else {
            throw Violation("verify finds nothing", "\(place): \(report.damaged.prefix(3))")
        }
        guard report.digest == (try store.digest) else { throw Violation("the digest kept is right", place) }
        guard !store.isBusy else { throw Violation("no statement is left in use", place) }
    }

    /// Every edit is in the log as it was asked for, and what others sent is there as they sent it.
    private func checkLog(of store: Store, forgotten: Set<ValueHash>, _ place: String) throws {
        try store.log.forEachTransaction(after: 0) { transaction, _, _ in
            guard let chain = try store.log.entry(of: transaction.name)?.chain,
                let number = ledger.number(of: chain)
            else { throw Violation("nothing is in a log that nobody wrote", "\(place): \(transaction.name)") }
            if let edit = ledger.edits[number] {
                for record in transaction.records where edit.records.contains(record.id) {
                    for change in record.fields where edit.values[change.field] != change.value.hash {
                        throw Violation(
                            "an edit says what was asked for",
                            "\(place): step \(edit.step), \(change.field)")
                    }
                }
            }
            for change in transaction.records.flatMap(\.fields)
            where change.value.text != nil && forgotten.contains(change.value.hash) {
                throw Violation(
                    "no purged text is sent", "\(place): \(change.field) of \(transaction.name)")
            }
            if let foreign = ledger.foreign[number], !foreign.says(theSameAs: transaction) {
                throw Violation("what others sent is relayed unchanged", "\(place): \(transaction.name)")
            }
            return true
        }
    }

    /// Every head has its text, unless what had it is gone.
    private func checkMissingTexts(_ present: [Machine]) throws {
        for machine in present {
            guard let store = machine.store, try store.texts.missingCount > 0 else { continue }
            for wanted in try store.texts.wanted(limit: 100_000) {
                for other in present where try other.store?.texts.text(of: wanted.hash) != nil {
                    throw Violation(
                        "a wanted text is fetched from whoever has it",
                        "machine \(machine.index) lacks what \(other.index) has")
                }
                guard ledger.lostTexts.contains(wanted.hash) else {
                    throw Violation(
                        "a wanted text is somewhere", "machine \(machine.index) wants what nobody has")
                }
            }
        }
    }
}

extension Transaction {
    /// Whether two have the same content, whatever their names, and whether their texts are here or not.
    fileprivate func says(theSameAs other: Transaction) -> Bool {
        guard stamp == other.stamp, author == other.author, isByProgram == other.isByProgram,
            unknown == other.unknown, records.count == other.records.count
        else { return false }
        return zip(records, other.records).allSatisfy { mine, theirs in
            mine.id == theirs.id && mine.kind == theirs.kind
                && mine.fields.map(\.field) == theirs.fields.map(\.field)
                && mine.fields.map(\.value.hash) == theirs.fields.map(\.value.hash)
        }
    }
}
