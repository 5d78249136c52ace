internal import Glibc
internal import Storage

/// Archives' names, `[a-z0-9][a-z0-9_-]{0,63}`.
enum ArchiveName {
    /// What an archive in a folder is called when nobody says: the folder's name, as far as it goes.
    static func ofFolder(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return from(path) }
        defer { free(resolved) }
        return from(String(cString: resolved))
    }

    /// The last part of a path with everything replaced that may not be in a name; `archive` if nothing is
    /// left.
    static func from(_ path: String) -> String {
        let last = path.split(separator: "/").last.map(String.init) ?? ""
        var name = ""
        for character in last.lowercased() {
            let isPlain = character.isASCII && (character.isLetter || character.isNumber)
            if isPlain || ["-", "_"].contains(character) && !name.isEmpty {
                name.append(character)
            } else if !name.isEmpty && name.last != "-" {
                name.append("-")
            }
        }
        name = String(name.prefix(64))
        while name.last == "-" { name.removeLast() }
        return Store.isValidName(name) ? name : "archive"
    }
}
