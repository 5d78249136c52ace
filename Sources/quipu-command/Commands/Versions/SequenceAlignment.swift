/// Two sequences in step: what is equal in both, and what stands on one side only.
///
/// Equal beginnings and ends are taken off; the rest is aligned by the fewest insertions and removals (Myers:
/// "An O(ND) difference algorithm and its variations", 1986). Its work grows with the square of the
/// differences, so sequences that differ in too many places are taken as one removed and the other added:
/// nobody reads such a difference word by word.
enum SequenceAlignment {
    /// Equal elements, and what follows them on either side before the next equal ones.
    struct Step: Equatable, Sendable {
        var same: [String] = []
        var removed: [String] = []
        var added: [String] = []
    }

    static let mostDifferences = 1_000

    static func steps(_ old: [String], _ new: [String]) -> [Step] {
        let shorter = min(old.count, new.count)
        var start = 0
        while start < shorter, old[start] == new[start] { start += 1 }
        var end = 0
        while end < shorter - start, old[old.count - 1 - end] == new[new.count - 1 - end] { end += 1 }

        var steps = [Step(same: Array(old[..<start]))]
        let (before, after) = (Array(old[start..<old.count - end]), Array(new[start..<new.count - end]))
        if let pairs = equalPairs(before, after) {
            append(before, after, pairs, to: &steps)
        } else {
            steps[0].removed = before
            steps[0].added = after
        }
        if end > 0 { steps.append(Step(same: Array(old[(old.count - end)...]))) }
        return steps.filter { $0 != Step() }
    }

    private static func append(
        _ old: [String], _ new: [String], _ pairs: [(old: Int, new: Int)], to steps: inout [Step]
    ) {
        var (left, right) = (0, 0)
        for pair in pairs + [(old.count, new.count)] {
            steps[steps.count - 1].removed += old[left..<pair.old]
            steps[steps.count - 1].added += new[right..<pair.new]
            if pair.old == old.count { break }
            let last = steps[steps.count - 1]
            if !last.removed.isEmpty || !last.added.isEmpty { steps.append(Step()) }
            steps[steps.count - 1].same.append(old[pair.old])
            (left, right) = (pair.old + 1, pair.new + 1)
        }
    }

    /// Places of a longest common subsequence; nil when there are too many differences.
    private static func equalPairs(_ old: [String], _ new: [String]) -> [(old: Int, new: Int)]? {
        guard !old.isEmpty, !new.isEmpty else { return [] }
        let (left, right) = numbered(old, new)
        let most = min(left.count + right.count, mostDifferences)
        // furthest[k]: how far into `left` a path on diagonal k (left - right) has come; one array a round is
        // kept for the way back.
        var furthest = [Int](repeating: 0, count: 2 * most + 3)
        let origin = most + 1
        var rounds: [ArraySlice<Int>] = []
        for differences in 0...most {
            rounds.append(furthest[(origin - differences - 1)...(origin + differences + 1)])
            for diagonal in stride(from: -differences, through: differences, by: 2) {
                let isDown =
                    diagonal == -differences
                    || diagonal != differences
                        && furthest[origin + diagonal - 1] < furthest[origin + diagonal + 1]
                var x = isDown ? furthest[origin + diagonal + 1] : furthest[origin + diagonal - 1] + 1
                while x < left.count, x - diagonal < right.count, x >= diagonal,
                    left[x] == right[x - diagonal]
                { x += 1 }
                furthest[origin + diagonal] = x
                if x >= left.count, x - diagonal >= right.count {
                    return pairs(rounds, origin: origin, from: (left.count, right.count))
                }
            }
        }
        return nil
    }

    /// Walks back from the end, collecting the equal elements that each round passed.
    private static func pairs(
        _ rounds: [ArraySlice<Int>], origin: Int, from end: (x: Int, y: Int)
    ) -> [(old: Int, new: Int)] {
        var found: [(old: Int, new: Int)] = []
        var (x, y) = end
        for (differences, furthest) in rounds.enumerated().reversed() {
            let diagonal = x - y
            let isDown =
                diagonal == -differences
                || diagonal != differences
                    && furthest[origin + diagonal - 1] < furthest[origin + diagonal + 1]
            let before = isDown ? diagonal + 1 : diagonal - 1
            let startX = differences == 0 ? 0 : furthest[origin + before]
            let startY = differences == 0 ? 0 : startX - before
            while x > startX, y > startY {
                (x, y) = (x - 1, y - 1)
                found.append((x, y))
            }
            (x, y) = (startX, startY)
        }
        return found.reversed()
    }

    /// Equal strings under equal numbers, which compare faster.
    private static func numbered(_ old: [String], _ new: [String]) -> ([Int], [Int]) {
        var numbers: [String: Int] = [:]
        func number(_ text: String) -> Int {
            if let known = numbers[text] { return known }
            numbers[text] = numbers.count
            return numbers.count - 1
        }
        return (old.map(number), new.map(number))
    }
}
