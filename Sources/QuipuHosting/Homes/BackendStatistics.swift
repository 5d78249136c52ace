/// What a home can say of itself at any moment, without waiting for an archive.
package struct BackendStatistics: Sendable, Equatable {
    package var openArchives = 0
    /// In open archives, as of their last exchange.
    package var openConflicts = 0

    package init() {}
}
