internal import Glibc
internal import Quipu

/// `--shared`: an archive whose folder a group of this machine uses.
enum ArchiveSharing {
    static let option = OptionDeclaration.flag(
        "shared", "for a folder that a group uses: its members can read and write the archive")

    /// Whose it is, where it is not one person's; begins with a comma.
    static func text(of place: ArchivePlace) -> String {
        guard let number = place.sharingGroup else { return "" }
        let name = getgrgid(number).flatMap { String(validatingCString: $0.pointee.gr_name) }
        return ", shared with the group \(name ?? "\(number)")"
    }
}
