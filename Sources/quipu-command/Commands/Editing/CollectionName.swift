internal import Quipu

/// Collections are identified by their names, so two may not be given the same one by hand.
enum CollectionName {
    /// - Parameters:
    ///   - values: that `body` gives.
    /// - Throws: what `body` throws, where another collection has the name with what to do about it.
    static func hinting<Result>(
        _ values: [(name: String, json: [UInt8])], _ body: () throws -> Result
    ) throws -> Result {
        do {
            return try body()
        } catch let error as QuipuError where error.code == .badName {
            let name = values.first { $0.name == "name" }.flatMap { Value(json: $0.json)?.string } ?? ""
            throw error.hinting("use it: quipu list --collection '\(name)'; or choose another name")
        }
    }
}
