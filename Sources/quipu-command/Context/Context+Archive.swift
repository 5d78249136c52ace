internal import Quipu

extension Context {
    /// Where the archive that the command is about is: `--archive`, else `QUIPU_ARCHIVE`, else the nearest `.quipu` at the
    /// current folder or above it.
    func archivePlace() throws -> ArchivePlace {
        if let path = options.archive { return try archive(at: path, givenBy: "--archive") }
        if let path = variable("QUIPU_ARCHIVE") { return try archive(at: path, givenBy: "QUIPU_ARCHIVE") }
        if let found = ArchivePlace.nearest(from: currentFolder) { return found }
        throw QuipuError(
            .noArchive, "there is no archive in this folder or above it",
            hint: "make one with: quipu init; or say where it is: --archive PATH")
    }

    private func archive(at path: String, givenBy source: String) throws -> ArchivePlace {
        if let found = ArchivePlace.at(path) { return found }
        throw QuipuError(
            .noArchive, "there is no archive at \(path), as \(source) says",
            hint: "make one with: quipu init \(path)")
    }

    /// The world that archives are opened in, with the key that `QUIPU_REPLICA_KEY` gives: that of a program that is one
    /// author in each clone that it makes.
    private func world() throws(UsageError) -> ArchiveEnvironment {
        guard let text = variable("QUIPU_REPLICA_KEY") else { return environment }
        guard let world = environment.writing(under: text) else {
            throw UsageError(
                "QUIPU_REPLICA_KEY is no key",
                hint: "give 64 hexadecimal digits, as from: openssl rand -hex 32")
        }
        return world
    }

    /// Opens the archive that the command is about.
    ///
    /// - Parameter author: the author of edits, which are one entry of the log; nil if nothing is edited.
    func archive(_ access: Archive.Access, author: String? = nil) throws -> Archive {
        let world = try world()
        let words = author == nil || options.words.isEmpty ? nil : options.words
        return try Archive.open(archivePlace(), for: access, as: author, entry: words, in: world)
    }

    /// The same archive, opened for edits by the author of the command.
    func archiveToEdit() throws -> Archive { try archive(.readWrite, author: author()) }
}
