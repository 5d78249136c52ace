import Foundation

/// Options for a person who runs the tests.
extension Plot {
    /// `QUIPU_DEPTH=1` goes one step further than usual, in minutes instead of seconds.
    public static let additionalDepth =
        ProcessInfo.processInfo.environment["QUIPU_DEPTH"].flatMap { Int($0) } ?? 0

    /// `QUIPU_THOROUGH=1` takes the larger of the plots to their full depth.
    public static let isThorough = ProcessInfo.processInfo.environment["QUIPU_THOROUGH"] == "1"

    /// `QUIPU_THOROUGH=seeds` plays all seeds of random histories and takes some plots one step further, and so does `1`.
    public static let playsAllSeeds = ProcessInfo.processInfo.environment["QUIPU_THOROUGH"] != nil

    /// `QUIPU_PLOT=deletes` tells one plot only.
    public static func chosen(from plots: [Plot]) -> [Plot] {
        guard let name = ProcessInfo.processInfo.environment["QUIPU_PLOT"] else { return plots }
        return plots.filter { $0.name == name }
    }
}

extension Plot: CustomStringConvertible {
    public var description: String { name }
}
