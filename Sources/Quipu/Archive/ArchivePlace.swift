package import QuipuStorage

/// The folder of an archive on this machine.
package struct ArchivePlace: Sendable, Equatable {
    package let folder: ArchiveFolder

    package init(_ folder: ArchiveFolder) { self.folder = folder }

    /// The archive in a folder: the folder is one, or contains one. Nil where there is none.
    package static func at(_ path: String) -> ArchivePlace? {
        ArchiveFolder.at(path).map { ArchivePlace($0) }
    }

    /// The nearest archive at a folder or above it.
    package static func nearest(from path: String) -> ArchivePlace? {
        ArchiveFolder.nearest(from: path).map { ArchivePlace($0) }
    }

    /// The folder that users name for the archive: the one that contains `.quipu`.
    package var path: String { folder.workPath }

    /// The file of what a user of this machine has set for the archive. It never syncs; where a group shares the archive,
    /// each member has one.
    package var settingsPath: String { folder.personalPath("config") }

    /// The id of the group that shares the archive; nil if it is not shared.
    package var sharingGroup: UInt32? { folder.sharingGroup }

    /// Creates the folder of an archive that a group shares, before the archive is created in it.
    ///
    /// - Throws: `readOnly`, `diskFull`.
    package static func prepareShared(in path: String) throws(QuipuError) {
        try QuipuError.presenting { _ = try ArchiveFolder.prepare(in: path, isShared: true) }
    }
}
