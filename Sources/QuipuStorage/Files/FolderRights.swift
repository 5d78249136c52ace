internal import Glibc
internal import QuipuFiles

/// The permissions of files in an archive's folder: those of the folder, independent of the user who creates them.
///
/// An archive is closed to others: its folder is 0700, its files are 0600. One that a group shares has 2770 and 0660,
/// whatever the umask of the member who makes a file. And what the system's administrator makes in somebody's archive
/// belongs to that somebody, as SQLite does it with its own files; else its owner could use it no more.
public struct FolderRights: Sendable {
    /// Of new files and new folders.
    let fileMode: UInt32
    let folderMode: UInt32
    private let owner: UInt32
    private let group: UInt32

    /// - Parameter folder: where it is not there, what is made in it would be the maker's own.
    public init(of folder: String) {
        let facts = FileFacts(folder)
        let mode = facts?.mode ?? 0o700
        fileMode = mode & 0o666
        folderMode = mode & 0o2777
        (owner, group) = (facts?.owner ?? geteuid(), facts?.group ?? getegid())
    }

    /// Several people use the folder, each under their own name.
    var isShared: Bool { folderMode & 0o020 != 0 }

    /// The user as whom this process counts: the administrator stands for the folder's owner.
    var user: UInt32 { geteuid() == 0 ? owner : geteuid() }

    /// - Parameter isPersonal: it is one user's and not the group's.
    public func settle(_ descriptor: Int32, isPersonal: Bool = false) {
        guard let facts = FileFacts(descriptor) else { return }
        if isOthers(facts) { fchown(descriptor, owner, group) }
        // The umask may have withheld what the group needs.
        if isShared, !isPersonal, facts.owner == geteuid(), facts.mode & 0o777 != fileMode {
            fchmod(descriptor, fileMode)
        }
    }

    /// Likewise, of a file that is closed already.
    public func settle(path: String, isPersonal: Bool = false) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return }
        settle(descriptor, isPersonal: isPersonal)
        close(descriptor)
    }

    /// Makes a folder in it, unless it is there.
    ///
    /// - Returns: false with `errno` set where it cannot be made.
    @discardableResult
    public func makeFolder(_ path: String) -> Bool {
        guard mkdir(path, folderMode & 0o777) == 0 else { return errno == EEXIST }
        guard let facts = FileFacts(path, followsLinks: false) else { return true }
        if isOthers(facts) { lchown(path, owner, group) }
        if isShared { chmod(path, folderMode) }
        return true
    }

    /// Made by the administrator in another user's folder.
    private func isOthers(_ facts: FileFacts) -> Bool {
        geteuid() == 0 && owner != 0 && facts.owner == 0
    }
}

extension ArchiveFolder {
    /// Who may use what is made in it.
    public var rights: FolderRights { FolderRights(of: path) }

    /// The number of the group that shares it; nil where it is one user's.
    public var sharingGroup: UInt32? {
        FileFacts(path).flatMap { $0.mode & 0o020 == 0 ? nil : $0.group }
    }

    /// A place for what is one user's alone, such as a key. The first to use a shared archive has it under the plain
    /// name; another, whose key must be another, has it under a name with their number.
    public func personalPath(_ name: String, suffix: String = "") -> String {
        path + "/" + name + personalMark + suffix
    }

    private var personalMark: String {
        let rights = rights
        guard rights.isShared, let facts = FileFacts(path + "/local.sqlite"), facts.owner != rights.user
        else { return "" }
        return "-\(rights.user)"
    }

    /// Of all who use it.
    var localPaths: [String] {
        Self.names(in: path).filter { name in
            name == "local.sqlite" || name.hasPrefix("local-") && name.hasSuffix(".sqlite")
        }.map { path + "/" + $0 }
    }

    /// Where a group can write, one of it could put settings of their own in another's place, key and all.
    func requireOwnSettings() throws(StorageError) {
        let rights = rights
        guard rights.isShared, let facts = FileFacts(localPath), facts.owner != rights.user else { return }
        throw StorageError(
            .readOnly, "the settings at \(localPath) belong to another user",
            hint: "no edit is lost: have that file removed, and add the remotes again")
    }

    /// Makes the folder `.quipu` itself. It is shared where that is asked for, and where the folder around it is a
    /// group's: set to hand its group on, and writable by it, with a umask that lets the group write.
    static func make(_ place: String, in folder: String, isShared: Bool) -> Bool {
        guard let around = FileFacts(folder) else { return false }
        let isGroups = around.mode & 0o2000 != 0 && around.mode & 0o020 != 0
        guard mkdir(place, isGroups || isShared ? 0o770 : 0o700) == 0 else { return errno == EEXIST }
        if geteuid() == 0, around.owner != 0 { lchown(place, around.owner, around.group) }
        guard let made = FileFacts(place, followsLinks: false) else { return true }
        let isOpen = isShared || isGroups && made.mode & 0o020 != 0
        chmod(place, isOpen ? 0o2770 : 0o700)
        return true
    }

    /// Makes an empty file with the rights of the folder, which SQLite then gives its own files beside it.
    func touch(_ path: String) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, mode_t(rights.fileMode))
        guard descriptor >= 0 else { return }
        rights.settle(descriptor)
        close(descriptor)
    }
}
