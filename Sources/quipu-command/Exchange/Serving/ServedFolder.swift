internal import Glibc
internal import QuipuStorage

/// A folder of archives that are served.
enum ServedFolder {
    /// Made if it is not there, as the archives in it are; its own parent must exist, or it is a typing error.
    static func prepare(_ root: String) throws(StorageError) {
        guard mkdir(root, 0o755) == 0 || access(root, R_OK | X_OK) == 0 else {
            throw StorageError(
                .noArchive, "the folder \(root) cannot be served: \(String(cString: strerror(errno)))",
                hint: "make it first: mkdir -p \(root)")
        }
    }

    /// Names of folders in it that hold an archive and cannot be asked for under their names, sorted.
    static func passedOver(in root: String) -> [String] {
        guard let listing = opendir(root) else { return [] }
        defer { closedir(listing) }
        var found: [String] = []
        while let entry = readdir(listing) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name == "." || name == ".." || Store.isValidName(name) { continue }
            if ArchiveFolder.at(root + "/" + name) != nil { found.append(name) }
        }
        return found.sorted()
    }

    /// What to say of them; nil where there are none.
    static func warning(of root: String) -> String? {
        let names = passedOver(in: root)
        guard !names.isEmpty else { return nil }
        let shown = names.prefix(maximumShown).map { "'\(TerminalSanitizer.line($0))'" }.joined(
            separator: ", ")
        let more = names.count > maximumShown ? " and \(names.count - maximumShown) more" : ""
        return "not served, as archives' names are of a-z, 0-9, - and _ only: \(shown)\(more); rename "
            + (names.count == 1 ? "the folder" : "the folders")
    }

    private static let maximumShown = 20
}
