internal import QuipuHosting
internal import QuipuStorage

/// The tokens that a command is about: those of a folder of archives, of a database of them, or of one archive.
struct TokenPlace {
    static let rootOption = OptionDeclaration.option(
        "root", value: "DIR", "the folder that is served; else the archive of this folder")

    static let options = [rootOption, DatabasePlace.addressOption]

    let store: any TokenStore
    /// The name under which the one archive is served; nil where there may be many.
    let onlyArchive: String?

    init(root: String?, database: DatabasePlace, in context: Context) throws {
        if let tokens = try database.tokens(in: context) {
            store = tokens
            onlyArchive = nil
        } else if let root {
            try ServedFolder.prepare(root)
            store = FileTokenStore(in: root)
            onlyArchive = nil
        } else {
            let archive = try context.openStore(.readOnly)
            store = FileTokenStore(in: archive.folder.path)
            onlyArchive = try archive.name
        }
    }
}

extension AccessToken.Scope {
    /// Nil for all of them.
    var archive: String? {
        switch self {
        case .server: nil
        case .archive(let name, _): name
        }
    }

    /// What people say of it.
    var roleName: String {
        switch self {
        case .server: "admin"
        case .archive(_, let role): role.rawValue
        }
    }
}
