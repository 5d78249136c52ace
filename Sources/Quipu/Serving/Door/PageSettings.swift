internal import Glibc
internal import QuipuHosting
internal import QuipuStorage

/// Where the page of an archive is served on this machine: always under the same name and port, so that a browser finds again what it
/// has kept for it. Nobody else knows the name, so nothing that another program left in the browser under this port concerns it.
struct PageSettings: Equatable {
    static let portsFrom: UInt16 = 1_024
    private static let labelBytes = 8
    private static let maximumFileBytes = 256

    /// The first part of the host, `LABEL.localhost`: a letter, and letters and digits.
    let label: String
    /// Nil before it was served.
    var port: UInt16?

    /// As they are kept in the archive's folder; new ones if there are none.
    init(of folder: ArchiveFolder, environment: Environment) {
        let text = SmallFile.text(folder.pageSettingsPath, maximumBytes: Self.maximumFileBytes) ?? ""
        let lines = text.split(separator: "\n").map(String.init)
        if let label = lines.first, Self.isLabel(label) {
            self.label = label
            port = lines.dropFirst().first.flatMap { UInt16($0) }.flatMap { $0 >= Self.portsFrom ? $0 : nil }
        } else {
            label =
                "q"
                + environment.randomBytes(Self.labelBytes).map { byte in
                    String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
                }.joined()
            port = nil
        }
    }

    private static func isLabel(_ text: String) -> Bool {
        (8...63).contains(text.utf8.count) && text.utf8.first.map { 97...122 ~= $0 } == true
            && text.utf8.allSatisfy { 97...122 ~= $0 || 48...57 ~= $0 }
    }

    /// Readable by this user alone. Where nothing can be written they are those of this run.
    func keep(in folder: ArchiveFolder) {
        let path = folder.pageSettingsPath
        let bytes = Array((label + "\n" + (port.map { "\($0)\n" } ?? "")).utf8)
        let fresh = path + ".new"
        unlink(fresh)
        let descriptor = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        let isWritten = write(descriptor, bytes, bytes.count) == bytes.count
        close(descriptor)
        if !isWritten || rename(fresh, path) != 0 { unlink(fresh) }
    }
}

extension ArchiveFolder {
    fileprivate var pageSettingsPath: String { personalPath("page") }
}
