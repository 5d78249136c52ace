internal import QuipuCausality
internal import QuipuStorage

extension Context {
    /// The archive that the command is about: `--archive`, else `QUIPU_ARCHIVE`, else the nearest `.quipu` at
    /// the current folder or above it.
    func archiveFolder() throws -> ArchiveFolder {
        if let path = options.archive { return try archive(at: path, givenBy: "--archive") }
        if let path = variable("QUIPU_ARCHIVE") { return try archive(at: path, givenBy: "QUIPU_ARCHIVE") }
        if let found = ArchiveFolder.nearest(from: currentFolder) { return found }
        throw StorageError(
            .noArchive, "there is no archive in this folder or above it",
            hint: "make one with: quipu init; or say where it is: --archive PATH")
    }

    private func archive(at path: String, givenBy source: String) throws -> ArchiveFolder {
        if let found = ArchiveFolder.at(path) { return found }
        throw StorageError(
            .noArchive, "there is no archive at \(path), as \(source) says",
            hint: "make one with: quipu init \(path)")
    }

    /// What `QUIPU_REPLICA_KEY` gives: the key of a program that is one author in each clone that it makes.
    private func replicaSeed() throws -> [UInt8]? {
        guard let text = variable("QUIPU_REPLICA_KEY") else { return nil }
        guard let seed = Hexadecimal.bytes(text), seed.count == SigningKey.seedSize else {
            throw UsageError(
                "QUIPU_REPLICA_KEY is no key",
                hint: "give 64 hexadecimal digits, as from: openssl rand -hex 32")
        }
        return seed
    }

    /// Opens the archive that the command is about.
    func openStore(_ mode: Store.Mode) throws -> Store {
        var environment = environment
        environment.replicaSeed = try replicaSeed()
        return try Store(opening: archiveFolder(), mode: mode, environment: environment)
    }
}
