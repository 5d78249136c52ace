internal import QuipuCausality
internal import QuipuStorage

/// What happens to machines and their disks.
extension World {
    func restart(_ machine: Machine) throws -> String {
        guard machine.exists else { return "no machine" }
        // A full disk cannot be opened; people make room first.
        machine.disk.isFull = false
        machine.close()
        if machine.disk.isDown { return "power lost" }
        try machine.open()
        try machine.acknowledge(&ledger)
        statistics.add("restarts")
        return "restarted"
    }

    /// Ends a machine's program in good order so that its files can be handled.
    /// - Returns: false when the power went meanwhile.
    private func shut(_ machine: Machine) -> Bool {
        machine.disk.disarm()
        machine.close()
        return !machine.disk.isDown
    }

    private func reopen(_ machine: Machine) throws {
        do {
            try machine.open()
        } catch {
            throw Violation("an archive that was put back opens", "machine \(machine.index): \(error)")
        }
        try machine.acknowledge(&ledger)
        forgiveWhatIsGone()
    }

    /// What no disk holds any more cannot be asked of anyone.
    private func forgiveWhatIsGone() {
        var held = TransactionSet()
        for machine in machines where machine.exists { held.formUnion(machine.held) }
        ledger.forgive(allBut: held)
    }

    /// Before a disk is replaced: texts may have been there alone.
    private func noteLostTexts(of machine: Machine) throws {
        try machine.store?.log.forEachTransaction(after: 0) { transaction, _, _ in
            ledger.noteLostTexts(transaction.records.flatMap(\.fields).map(\.value.hash))
            return true
        }
    }

    func backUp(_ machine: Machine) throws -> String {
        guard machine.exists, shut(machine) else { return "no machine" }
        machine.saveBackup()
        try reopen(machine)
        statistics.add("backups")
        return "saved"
    }

    func restoreBackup(of machine: Machine, isWhole: Bool) throws -> String {
        guard machine.exists, machine.hasBackup else { return "no backup" }
        try noteLostTexts(of: machine)
        guard shut(machine) else { return "no backup" }
        machine.restoreBackup(isWhole: isWhole)
        machine.collectionLosses = [:]
        try reopen(machine)
        statistics.add("roll-backs")
        return "rolled back"
    }

    /// A folder is copied to another machine, and both go on.
    func copyFolder(of machine: Machine) throws -> String {
        guard machine.exists, let place = placeForCopy(), shut(machine) else { return "no place" }
        place.takeFolder(of: machine)
        place.collectionLosses = [:]
        try reopen(machine)
        try reopen(place)
        statistics.add("copied folders")
        return "copied to \(place.index)"
    }

    /// A machine is lost with its disk; a new one takes its place, with an empty archive of the same undertaking.
    func replace(_ machine: Machine) throws -> String {
        guard machine.exists else { return "no machine" }
        try noteLostTexts(of: machine)
        guard shut(machine) else { return "no machine" }
        machine.removeArchive()
        machine.collectionLosses = [:]
        try machine.create(archive)
        try machine.acknowledge(&ledger)
        forgiveWhatIsGone()
        statistics.add("replaced machines")
        return "replaced"
    }
}
