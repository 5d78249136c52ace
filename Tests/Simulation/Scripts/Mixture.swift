internal import Support

/// In which proportions steps are drawn.
struct Mixture {
    private var weights: [(action: Action, weight: Int)] = []
    private var total = 0

    /// Sorts of faults, each of which a script has or has not. Weights are of the order of `edit`'s 12.
    private static let faults: [[(Action, Int)]] = [
        [(.syncNarrow, 6), (.syncCut, 16)],
        [(.syncTwice, 3), (.syncStale, 3), (.loseRequest, 3), (.deliverOld, 4)],
        [(.losePower, 7)],
        [(.failWrite, 3), (.fillDisk, 2), (.clearDisk, 2)],
        [(.setClock, 4), (.setClocks, 1), (.reboot, 2), (.wait, 1)],
        [(.setClock, 4), (.vouch, 2), (.reboot, 1)],
        [(.goAway, 2), (.wait, 1)],
        [(.backUp, 2), (.restoreFolder, 2), (.restoreArchive, 2)],
        [(.copyFolder, 2), (.replaceMachine, 1)],
        [(.compact, 4)],
        [(.fillCollection, 3), (.emptyCollection, 4)],
        [(.hearNewer, 5)],
        [(.hearLiar, 5)],
    ]

    private static let work: [(Action, Int)] = [
        (.edit, 12), (.editTwoFields, 3), (.editTwoRecords, 2), (.tag, 4), (.collect, 2), (.writeLongText, 1),
        (.importArticle, 6), (.importFile, 2), (.importShared, 3), (.annotate, 3), (.editNote, 2),
        (.delete, 3),
        (.deleteNote, 1), (.restore, 3), (.purge, 3), (.resolve, 5), (.setMergePolicy, 1), (.merge, 3),
        (.mergeRecords, 3), (.unmergeRecord, 1),
    ]

    init(capabilities: Capabilities, using random: inout SplitMix64) {
        for (action, weight) in Self.work {
            add(action, weight * Int.random(in: 0...2, using: &random), capabilities)
        }
        add(.edit, 4, capabilities)
        add(.sync, Int.random(in: 5...30, using: &random), capabilities)
        add(.restart, 1, capabilities)
        for group in Self.faults where Int.random(in: 0..<3, using: &random) == 0 {
            for (action, weight) in group { add(action, weight, capabilities) }
        }
    }

    private mutating func add(_ action: Action, _ weight: Int, _ capabilities: Capabilities) {
        guard weight > 0, capabilities.isSuperset(of: action.needed) else { return }
        weights.append((action, weight))
        total += weight
    }

    func draw(using random: inout SplitMix64) -> Action {
        var left = Int.random(in: 0..<total, using: &random)
        for (action, weight) in weights {
            left -= weight
            if left < 0 { return action }
        }
        return .edit
    }

    static func parameter(_ name: String, machineCount: Int, using random: inout SplitMix64) -> Int {
        let count =
            switch name {
            case "machine", "peer": machineCount
            case "machines": 1 << machineCount
            case "record": 6
            case "field", "tag", "collection", "source": 3
            // So many that a world always has news to import.
            case "content": 12
            case "on", "reply", "after": 2
            case "value", "note", "conflict", "letter": 8
            case "choice": 4
            case "way": 3
            case "share": 4
            case "messages": 4
            case "message": 2
            case "budget": 5
            case "permille": 1_001
            // Most commands make fewer than thirty changes to the disk.
            case "operations": Bool.random(using: &random) ? 12 : 60
            case "fault": ClockFaults.count
            case "days": 900
            case "steps": 120
            case "variant": Lie.allCases.count
            case "file": 64
            case "salt": 1_000_000
            default: preconditionFailure("a parameter '\(name)' without a range")
            }
        return Int.random(in: 0..<count, using: &random)
    }
}
