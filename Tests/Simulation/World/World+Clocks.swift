internal import QuipuCausality
internal import QuipuStorage

/// What an exchange may do to clocks, and what clock notes may say, held against the time as it is.
extension World {
    struct ClockState {
        var corrected: Int64
        var offset: Int64
        var isSynchronized: Bool

        var isPossible: Bool { corrected >= ClockComparison.buildMilliseconds }
    }

    /// What somebody wrote, and how the clock stood.
    struct Stamping {
        var machine: Int
        var boot: BootClock
        var isSynchronized: Bool
        /// By how much the corrected clock was ahead of the time.
        var errorMilliseconds: Int64
    }

    func clockState(of machine: Machine) throws -> ClockState {
        guard let store = machine.store else {
            return ClockState(corrected: 0, offset: 0, isSynchronized: false)
        }
        let reading = try store.clock.reading()
        return ClockState(
            corrected: reading.milliseconds, offset: try store.clock.offset(),
            isSynchronized: reading.isSynchronized)
    }

    /// One that answers corrects itself for no caller, unless it reads a time before the build.
    func checkAnswerer(_ machine: Machine, before: ClockState) throws {
        guard !machine.disk.isDown, try clockState(of: machine).offset != before.offset else { return }
        guard !before.isSynchronized, !before.isPossible else {
            throw Violation("no caller moves a clock that can be right", "machine \(machine.index)")
        }
    }

    /// One that calls corrects itself by a synchronised clock, or where its own cannot be right.
    func checkCaller(_ machine: Machine, before: ClockState, peer: ClockState) throws {
        guard !machine.disk.isDown, try clockState(of: machine).offset != before.offset else { return }
        guard !before.isSynchronized, peer.isPossible, peer.isSynchronized || !before.isPossible else {
            throw Violation(
                "a clock is corrected by one that is known to be right", "machine \(machine.index)")
        }
        statistics.add("clocks corrected")
    }

    /// Notes how the clock stood when transactions came into being that nobody knew before.
    /// - Parameter first: the number of the first of them.
    func noteStampings(from first: Int, on machine: Machine) throws {
        guard first < ledger.chains.count, let store = machine.store else { return }
        let state = try clockState(of: machine)
        for number in first..<ledger.chains.count where machine.held.contains(number) {
            guard ledger.foreign[number] == nil, ledger.edits[number] != nil else { continue }
            stampings[number] = Stamping(
                machine: machine.index, boot: clocks.boot(ofMachine: machine.index),
                isSynchronized: state.isSynchronized,
                errorMilliseconds: try store.clock.correctedNow() - clocks.trueMilliseconds)
        }
    }

    /// Every note takes off what the clock was off by when that was written; what can be known is noted.
    func checkCorrections(_ naive: PlainArchive, _ present: [Machine]) throws {
        if hasVouched { return }
        for (name, chain) in naive.chains {
            guard let number = ledger.number(of: chain), let stamping = stampings[number] else { continue }
            let correction = naive.correction(of: name)
            if correction != 0 {
                statistics.add("stamps corrected")
                guard abs(correction - stamping.errorMilliseconds) < 60_000 else {
                    throw Violation(
                        "a clock note takes off what the clock was off by",
                        "\(name): \(correction) instead of \(stamping.errorMilliseconds)")
                }
                continue
            }
            guard abs(stamping.errorMilliseconds) > Limits.clockToleranceMilliseconds + 60_000,
                clocks.boot(ofMachine: stamping.machine).id == stamping.boot.id, isUndisturbed,
                present.contains(where: { $0.index == stamping.machine }),
                present.contains(where: { clocks.isSynchronized(machine: $0.index) })
            else { continue }
            throw Violation(
                "what was written in this boot is corrected by a synchronised clock",
                "\(name) of machine \(stamping.machine) is off by \(stamping.errorMilliseconds)")
        }
    }

    /// Every chain is still its writer's own.
    private var isUndisturbed: Bool {
        ["copied folders", "roll-backs", "replaced machines", "power losses", "writes refused", "lies"]
            .allSatisfy { statistics[$0] == 0 }
    }

    /// Where a synchronised clock was met, every clock is right; where not, none reads what cannot be.
    func checkClocks(_ present: [Machine]) throws {
        let states = try present.map { try clockState(of: $0) }
        // An owner's word keeps a clock where it is, however wrong.
        let measured = states.filter { !$0.isSynchronized }
        guard measured.allSatisfy(\.isPossible) || !states.contains(where: \.isPossible) else {
            throw Violation("a clock from before the build takes any other's time", "\(states)")
        }
        guard states.contains(where: \.isSynchronized), !hasVouched else { return }
        let errors = states.map { $0.corrected - clocks.trueMilliseconds }
        guard errors.allSatisfy({ abs($0) <= Limits.clockToleranceMilliseconds + 60_000 }) else {
            throw Violation("a clock is right once it has met a synchronised one", "off by \(errors) ms")
        }
    }
}
