internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuStorage

/// An archive of articles, annotations and what belongs to them, on this machine: read, edited and exchanged with its
/// mirrors, with or without a network.
///
///     let archive = try Archive.open(at: "press", as: "Ana Ruiz")
///     let id = try archive.write("an article") { t in
///         try t.add(.article) { $0.title = "Water"; $0.tags.insert("river") }
///     }
///
/// Any number of threads and processes may use an archive at once. When `write` returns, its edits are on the disk.
public final class Archive: Sendable {
    /// The folder that the archive is in.
    public let path: String
    /// Which archive it is: the same on all its mirrors, 32 hexadecimal digits.
    public let identifier: String
    /// The archive's name on this machine.
    public let name: String
    /// The author of this program's edits.
    public let author: String

    let stores: OpenStores

    /// - Parameter entry: words of the one entry of the log that all edits of this archive become.
    init(_ store: sending Store, author: String, access: Access = .readWrite, entry: String? = nil) throws {
        path = store.folder.workPath
        identifier = store.id.hexadecimal
        name = try store.name
        self.author = author
        if let entry { store.beginEntry(entry) }
        stores = OpenStores(store, access, entry: entry)
    }

    /// The same archive, with another author of edits.
    private init(_ other: Archive, author: String) {
        path = other.path
        identifier = other.identifier
        name = other.name
        self.author = author
        stores = other.stores
    }

    /// The same archive for another author, as a server has many.
    ///
    ///     try archive.acting(as: "Luis Vega").write { t in try t.edit(id) { $0.title = "High water" } }
    ///
    /// - Throws: `badName` for an invalid author's name.
    public func acting(as author: String) throws(QuipuError) -> Archive {
        Archive(self, author: try QuipuError.presenting { try Self.checked(author) })
    }

    /// Opens the archive in a folder.
    ///
    ///     let archive = try Archive.open(at: "press", as: "Ana Ruiz")
    ///
    /// - Parameters:
    ///   - path: of the folder, or of one that holds it.
    ///   - author: one line of text of at most 256 bytes, shown to others as the author of edits.
    /// - Throws: `noArchive`, `newerArchive`, `damaged`, `badName` for an invalid author's name.
    public static func open(at path: String, as author: String) throws(QuipuError) -> Archive {
        try QuipuError.presenting {
            let author = try checked(author)
            try GivenText.check(path: path, of: "an archive")
            guard let folder = ArchiveFolder.at(path) else {
                throw QuipuError(.noArchive, "there is no archive at \(path)")
            }
            return try Archive(Store(opening: folder), author: author)
        }
    }

    /// Creates an empty archive in a folder, and the folder if it does not exist.
    ///
    ///     let archive = try Archive.create(at: "press", named: "press", as: "Ana Ruiz")
    ///
    /// - Parameter name: `[a-z0-9][a-z0-9_-]{0,63}`; servers serve it under that name.
    /// - Throws: `archiveExists`, `badName`, `readOnly`, `diskFull`.
    public static func create(
        at path: String, named name: String, as author: String
    ) throws(QuipuError) -> Archive {
        try QuipuError.presenting {
            let author = try checked(author)
            try GivenText.check(path: path, of: "an archive")
            return try Archive(Store.create(in: path, name: name), author: author)
        }
    }

    /// How an archive is opened.
    package enum Access: Sendable {
        /// Nothing is written, even if it could be.
        case readOnly
        case readWrite
    }

    /// Opens an archive.
    ///
    /// - Parameters:
    ///   - author: the author of edits; nil if nothing is edited.
    ///   - entry: words of the one entry of the log that all edits become; nil if each `write` is an entry.
    package static func open(
        _ place: ArchivePlace, for access: Access, as author: String?, entry: String? = nil,
        in environment: ArchiveEnvironment
    ) throws(QuipuError) -> Archive {
        try QuipuError.presenting {
            try Archive(
                Store(opening: place.folder, mode: access.mode, environment: environment.stored),
                author: author ?? "", access: access, entry: entry)
        }
    }

    /// Makes an empty archive, in a world.
    package static func create(
        at path: String, named name: String, in environment: ArchiveEnvironment
    ) throws(QuipuError) -> Archive {
        try QuipuError.presenting {
            try GivenText.check(path: path, of: "an archive")
            return try Archive(
                Store.create(in: path, name: name, environment: environment.stored), author: "")
        }
    }

    package var place: ArchivePlace { ArchivePlace(stores.folder) }

    /// The name that this mirror writes under: 32 hexadecimal digits.
    ///
    ///     print(try archive.replica())
    ///
    /// - Throws: `damaged` or `inputOutput` if the archive cannot be read.
    public func replica() throws(QuipuError) -> String {
        try QuipuError.presenting { try stores.with { try $0.origin.hexadecimal } }
    }

    /// - Throws: `badName` where an archive was opened for nobody.
    func requireAuthor() throws(QuipuError) {
        guard author.isEmpty else { return }
        throw QuipuError(
            .badName, "no author is set for edits of \(path)", hint: "open the archive with an author's name")
    }

    static func checked(_ author: String) throws(QuipuError) -> String {
        let author = author.nfc
        guard !author.unicodeScalars.allSatisfy(\.properties.isWhitespace),
            author.utf8.count <= Limits.authorBytes,
            !author.unicodeScalars.contains(where: GivenText.isHidden)
        else {
            throw QuipuError(
                .badName, "an author's name is one line of text of at most \(Limits.authorBytes) bytes")
        }
        return author
    }
}

extension Archive.Access {
    var mode: Store.Mode {
        switch self {
        case .readOnly: .readOnly
        case .readWrite: .readWrite
        }
    }
}
