internal import Quipu

enum Told {
    typealias Use = NameUse
    typealias Difference = ClockDifference
}
