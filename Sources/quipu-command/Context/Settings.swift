internal import Quipu

/// What a person has set: for themselves in a file below `XDG_CONFIG_HOME`, and for one archive on this machine in a file
/// of its folder, which never syncs. That of the archive goes first.
struct Settings: Sendable {
    /// Nil where there is no place for one.
    let own: SettingsFile?
    /// Nil without an archive.
    let archive: SettingsFile?

    static let none = Settings(own: nil, archive: nil)

    /// Each value that counts, with its key and the file that it stands in.
    var all: [(key: String, value: String, path: String)] {
        var found: [(key: String, value: String, path: String)] = []
        for file in [archive, own].compactMap({ $0 }) {
            for key in file.keys where !found.contains(where: { $0.key == key }) {
                if let value = file.value(of: key), isAllowed(key, in: file) {
                    found.append((key, value, file.path))
                }
            }
        }
        return found.sorted { $0.key < $1.key }
    }

    func value(of key: SettingKey) -> String? { all.first { $0.key == key.text }?.value }

    private func isAllowed(_ key: String, in file: SettingsFile) -> Bool {
        file.path != archive?.path || (try? SettingKey(key))?.isOfUserOnly == false
    }

    /// Nil where neither `XDG_CONFIG_HOME` nor `HOME` says where.
    static func ownPath(variable: (String) -> String?) -> String? {
        // A relative path is to be ignored, says the XDG Base Directory Specification.
        if let base = variable("XDG_CONFIG_HOME"), base.hasPrefix("/") { return base + "/quipu/config" }
        guard let home = variable("HOME"), home.hasPrefix("/") else { return nil }
        return (home == "/" ? "" : home) + "/.config/quipu/config"
    }
}
