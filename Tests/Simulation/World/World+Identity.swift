internal import QuipuStorage
internal import Support

/// Imports of files whose items share any subset of their keys.
extension World {
    /// Imports two files, each item held against the naive rules, and both once more: whatever was imported changes
    /// nothing then, in any order.
    func importShared(_ files: [Int], _ author: String, _ store: Store) throws -> String {
        let files = files.map { number in
            var random = SplitMix64(seed: UInt64(number))
            return SharedItem.randomFile(using: &random)
        }
        var imported: [[SharedItem]] = []
        for file in files {
            do {
                let joins = try CheckedImport.run(file, into: store, author: author)
                let isRefused = joins.contains {
                    if case .stayedDeleted = $0.outcome.effect { true } else { false }
                }
                if !isRefused { imported.append(file) }
            } catch let violation as IdentityViolation {
                throw Violation(violation.rule, violation.what)
            }
        }
        for file in imported where try CheckedImport.isNews(file, to: store, author: author) {
            throw Violation("the same file again changes nothing", "\(file)")
        }
        return "\(imported.count) files"
    }
}
