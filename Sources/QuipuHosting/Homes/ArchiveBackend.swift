package import QuipuCausality

/// Where a server's archives are kept, found by name. Used by many threads at a time.
package protocol ArchiveBackend: Sendable {
    /// The archive of a name; nil when there is none.
    func archive(named name: String) throws -> (any HostedArchive)?

    /// Makes a mirror of an archive under a name, or finds that it is made; nil where this home takes no new ones.
    func create(named name: String, id: ArchiveID) throws -> (any HostedArchive)?

    /// Whether requests can be answered at all.
    ///
    /// - Throws: why they cannot.
    func checkReadiness() throws

    /// How things stand, for whoever watches over the server; does not wait for an archive.
    func statistics() -> BackendStatistics

    /// Somebody watches this archive from now on: what reaches it past `HostedArchive.answer` of this process is to be
    /// announced too. Must not wait.
    func follow(_ name: String, into channel: ArchiveChannel)

    /// Nobody watches it any more.
    func unfollow(_ name: String)
}

extension ArchiveBackend {
    package func follow(_ name: String, into channel: ArchiveChannel) {}
    package func unfollow(_ name: String) {}
}
