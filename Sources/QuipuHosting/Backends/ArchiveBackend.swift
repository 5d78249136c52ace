package import QuipuCausality

/// The archives of a server, found by name. Used by many threads at a time.
package protocol ArchiveBackend: Sendable {
    /// The archive with a name; nil if there is none.
    func archive(named name: String) throws -> (any HostedArchive)?

    /// Creates a mirror of an archive under a name, or returns the existing one; nil if this backend accepts no new
    /// archives.
    func create(named name: String, id: ArchiveID) throws -> (any HostedArchive)?

    /// Checks that requests can be answered.
    ///
    /// - Throws: why they cannot.
    func checkReadiness() throws

    /// Statistics for the operator; does not wait for an archive.
    func statistics() -> BackendStatistics

    /// Begins to announce changes of an archive that do not come through `HostedArchive.answer` of this process. Must
    /// not block.
    func follow(_ name: String, into channel: ArchiveChannel)

    /// Ends that.
    func unfollow(_ name: String)
}

extension ArchiveBackend {
    package func follow(_ name: String, into channel: ArchiveChannel) {}
    package func unfollow(_ name: String) {}
}
