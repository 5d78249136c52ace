/// The ways in which a clock can be wrong, by number.
enum ClockFaults {
    static let count = 11

    /// Whether the clock is right because a time server keeps it so.
    static func hasTimeServer(_ number: Int) -> Bool { number % count == 0 }

    /// - Parameters:
    ///   - number: round `count`.
    ///   - clocks: as they are now.
    static func fault(_ number: Int, machine: Int, in clocks: Clocks) -> Clocks.Fault? {
        let day = Clocks.dayMilliseconds
        func atTime(_ milliseconds: Int64) -> Clocks.Fault {
            .off(byMilliseconds: milliseconds - clocks.trueMilliseconds)
        }
        return switch number % count {
        case 0, 1: nil
        case 2: .off(byMilliseconds: 2 * day)
        case 3: .off(byMilliseconds: -3 * day)
        case 4: .off(byMilliseconds: day / 8)
        case 5: .off(byMilliseconds: -20 * 60_000)
        // 1970, as after an empty battery.
        case 6: atTime(0)
        // A second before 2038-01-19T03:14:08Z.
        case 7: atTime(2_147_483_647_000)
        case 8: .stuck(atMilliseconds: clocks.reading(ofMachine: machine))
        case 9: .off(byMilliseconds: -365 * day)
        default: .off(byMilliseconds: 400 * day)
        }
    }

    /// What a clock with a fault reads.
    static func reading(_ number: Int, in clocks: Clocks) -> Int64 {
        switch fault(number, machine: 0, in: clocks) {
        case .off(let milliseconds): clocks.trueMilliseconds + milliseconds
        case .stuck(let milliseconds): milliseconds
        case nil: clocks.trueMilliseconds
        }
    }
}
