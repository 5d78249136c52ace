internal import Glibc
internal import QuipuCanonicalJSON
internal import QuipuReplication
internal import QuipuStorage

/// Credentials for servers, stored on this machine: a file beside `local.sqlite` that only its owner can read, with a
/// line of JSON for each archive's URL. It is not part of the archive, of backups or of exchanges.
///
/// A token is looked up by the whole URL that it was stored for, so that it is sent neither to another host nor for
/// another archive there.
public struct Credentials: Sendable {
    public static let fileName = "credentials"
    private static let maximumBytes = 1 << 20

    private let folder: String
    private let path: String
    private var entries: [String: RemoteAccess] = [:]

    /// - Parameter folder: the archive's `.quipu` folder.
    /// - Throws: `StorageError` if the file exists and cannot be read.
    public init(in folder: String) throws {
        self.folder = folder
        path = ArchiveFolder(path: folder).personalPath(Self.fileName)
        guard access(path, F_OK) == 0 else { return }
        guard let text = SmallFile.text(path, maximumBytes: Self.maximumBytes) else {
            throw Self.failure("read", path)
        }
        for line in text.split(separator: "\n") {
            guard let entry = try? JSONParser().parse(String(line)), let url = entry["url"]?.string else {
                throw StorageError(
                    .damaged, "the file of this machine's tokens is damaged: \(path)",
                    hint: "no edit is lost: remove it, and store the tokens again",
                    remedy: Remedy(.storeTokensAgain))
            }
            entries[url] = RemoteAccess(
                token: entry["token"]?.string, caFile: entry["ca"]?.string,
                allowsPlainHTTP: entry["plain"]?.bool ?? false)
        }
    }

    public subscript(url: ArchiveURL) -> RemoteAccess {
        get { entries[Self.key(url)] ?? RemoteAccess() }
        set { entries[Self.key(url)] = newValue == RemoteAccess() ? nil : newValue }
    }

    /// Written under another name first and then renamed, so the file is always either the old or the new one.
    ///
    /// - Throws: `StorageError`.
    public func save() throws {
        if entries.isEmpty {
            guard unlink(path) == 0 || errno == ENOENT else { throw Self.failure("removed", path) }
            return
        }
        var bytes: [UInt8] = []
        for (url, access) in entries.sorted(by: { $0.key < $1.key }) {
            var members = [JSONMember(name: "url", value: .string(url))]
            if let token = access.token { members.append(JSONMember(name: "token", value: .string(token))) }
            if let caFile = access.caFile { members.append(JSONMember(name: "ca", value: .string(caFile))) }
            if access.allowsPlainHTTP { members.append(JSONMember(name: "plain", value: .bool(true))) }
            bytes += JSONValue.object(members).canonicalBytes() + [UInt8(ascii: "\n")]
        }
        let fresh = path + ".new"
        unlink(fresh)
        let descriptor = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure("written", fresh) }
        FolderRights(of: folder).settle(descriptor, isPersonal: true)
        let isWritten = write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
        let failure = errno
        close(descriptor)
        guard isWritten, rename(fresh, path) == 0 else {
            if !isWritten { errno = failure }
            let error = Self.failure("written", path)
            unlink(fresh)
            throw error
        }
    }

    private static func key(_ url: ArchiveURL) -> String { "\(url.base)/\(url.name)" }

    private static func failure(_ verb: String, _ path: String) -> StorageError {
        StorageError(
            .inputOutput,
            "the file of this machine's tokens cannot be \(verb): \(path): "
                + String(cString: strerror(errno)),
            hint: "check the permissions of the archive's folder, and the room on the disk")
    }
}
