/// Positions in the log, as runs of neighbours: a delete or a merge of very many records lists what these were written by,
/// which mostly came one after the other.
struct LogPositions {
    /// Apart from each other, ascending.
    private let runs: [ClosedRange<Int64>]

    init(_ positions: some Sequence<Int64>) {
        var runs: [ClosedRange<Int64>] = []
        for position in positions.sorted() {
            if let last = runs.last, position <= last.upperBound.addingClamped(1) {
                runs[runs.count - 1] = last.lowerBound...position
            } else {
                runs.append(position...position)
            }
        }
        self.runs = runs
    }

    func contains(_ position: Int64) -> Bool {
        // The first run that does not end before it.
        var (first, end) = (0, runs.count)
        while first < end {
            let middle = (first + end) / 2
            if runs[middle].upperBound < position { first = middle + 1 } else { end = middle }
        }
        return first < runs.count && runs[first].contains(position)
    }
}
