internal import Quipu

/// The tokens that a command is about: those of a folder of archives, of a database of them, or of one archive.
struct TokenPlace {
    static let rootOption = OptionDeclaration.option(
        "root", value: "DIR", "the folder that is served; else the archive of this folder", takes: .folder)

    static let options = [rootOption, DatabasePlace.addressOption]

    let tokens: AccessTokens
    /// The name under which the one archive is served; nil where there may be many.
    let onlyArchive: String?

    init(root: String?, database: DatabasePlace, in context: Context) throws {
        if let shared = try database.tokens(in: context) {
            (tokens, onlyArchive) = (shared, nil)
        } else if let root {
            (tokens, onlyArchive) = (try AccessTokens(ofFolder: root, in: context.environment), nil)
        } else {
            let archive = try context.archive(.readOnly)
            (tokens, onlyArchive) = (AccessTokens(of: archive, in: context.environment), archive.name)
        }
    }
}

extension TokenRecord {
    /// What people say of what it may do.
    var roleName: String { role?.rawValue ?? "admin" }
}
