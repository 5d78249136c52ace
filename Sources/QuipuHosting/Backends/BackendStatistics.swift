/// Statistics of a backend, available without waiting for an archive.
package struct BackendStatistics: Sendable, Equatable {
    package var openArchives = 0
    /// Conflicts in open archives, at their last exchange.
    package var openConflicts = 0

    package init() {}
}
