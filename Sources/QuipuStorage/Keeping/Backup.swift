internal import Glibc
internal import QuipuFiles
internal import QuipuSQLite

/// Copies of an archive, and the room that it takes.
public struct Keeping: ArchivePart {
    let archive: OpenArchive
}

extension ArchivePart {
    var keeping: Keeping { Keeping(archive: archive) }
}

extension Keeping {
    /// Copies the archive as it is at this moment into one file, while others read and write it. The file appears
    /// under its name whole or not at all, and a new one only its owner may read. It holds `archive.sqlite` alone, without
    /// this machine's key and remotes: edits in a copy are written under an origin of its own.
    ///
    /// - Parameters:
    ///   - path: a pipe, a device or a descriptor (`/dev/stdout`) is written to.
    ///   - replacesExisting: takes the place of a file of that name, with its permissions.
    ///   - beforeNaming: called once the copy is made, before it gets its name; if it throws, nothing is left of the copy.
    /// - Returns: the size in bytes.
    /// - Throws: `StorageError`: `fileExists`, `diskFull`, `readOnly`, `damaged`; what `beforeNaming` throws.
    @discardableResult
    public func backUp(
        to path: String, replacesExisting: Bool = false, beforeNaming: () throws -> Void = {}
    ) throws -> Int {
        let place = try OutputPlace.resolve(path)
        guard case .file(let target, let existing) = place else { return try streamBackup(to: path) }
        try Self.requirePlace(
            target, apartFrom: folder, isTaken: existing != nil && !replacesExisting, shownAs: path)
        let partial = TransientFile(beside: target)
        defer { DatabaseFiles.remove(at: partial.path) }
        let bytes = try copyDatabase(to: partial.path, shownAs: path)
        try beforeNaming()
        if let existing {
            let descriptor = open(partial.path, O_RDONLY | O_CLOEXEC)
            defer { close(descriptor) }
            if descriptor >= 0 { OutputFile.give(descriptor, the: existing) }
        }
        guard SyncedFolder.syncFile(partial.path), partial.move(to: target) else {
            throw Self.cannotWrite(path, errno)
        }
        SyncedFolder.sync(above: target)
        return bytes
    }

    /// By way of a copy in the folder for temporary files, since SQLite writes files alone.
    private func streamBackup(to path: String) throws -> Int {
        let output = try OutputFile(path: path)
        let copy = TransientFile(in: getenv("TMPDIR").map { String(cString: $0) } ?? "/var/tmp")
        defer { DatabaseFiles.remove(at: copy.path) }
        try copyDatabase(to: copy.path, shownAs: path)
        let descriptor = open(copy.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.cannotWrite(path, errno) }
        defer { close(descriptor) }
        var block = [UInt8](repeating: 0, count: 256 << 10)
        while true {
            let count = block.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            guard count >= 0 else { throw Self.cannotWrite(path, errno) }
            if count == 0 { break }
            try output.write(Array(block[..<count]))
        }
        try output.finish()
        return Int(output.sizeBytes)
    }

    /// Copies the archive's database as it is at this moment, while others read and write it. Only its owner may read
    /// the copy, and it is not yet on the disk.
    ///
    /// - Parameters:
    ///   - path: of a file that is not there.
    ///   - shown: what messages call it.
    /// - Returns: the size in bytes.
    /// - Throws: `StorageError`: `diskFull`, `readOnly`, `damaged`; what there is of the copy is the caller's to remove.
    @discardableResult
    public func copyDatabase(to path: String, shownAs shown: String? = nil) throws -> Int {
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.cannotWrite(shown ?? path, errno) }
        try noteShown()
        defer { close(descriptor) }
        do {
            // Both sides are read and written in order, once: caching them is of no use.
            try database.execute("PRAGMA cache_size = -2048")
            defer { try? database.execute("PRAGMA cache_size = -\(OpenArchive.cacheKibibytes)") }
            // A path that begins with `file:` would be taken for a URI.
            try database.run("VACUUM INTO ?", .text(path.hasPrefix("/") ? path : "./" + path))
        } catch {
            switch error.code.primary {
            case .full: throw Self.cannotWrite(shown ?? path, ENOSPC)
            case .ioError where error.systemError == EFBIG: throw StorageError.fileTooLarge(shown ?? path)
            case .cannotOpen, .readOnly: throw Self.cannotWrite(shown ?? path, EACCES)
            default: throw StorageError(error)
            }
        }
        guard let facts = FileFacts(descriptor) else { throw Self.cannotWrite(shown ?? path, errno) }
        return Int(facts.sizeBytes)
    }

    private static func requirePlace(
        _ path: String, apartFrom folder: ArchiveFolder, isTaken: Bool, shownAs shown: String
    ) throws {
        if isTaken {
            throw StorageError(
                .fileExists, "a file of that name already exists: \(shown)",
                remedy: Remedy(.replaceBackup, shown))
        }
        // In there it could take the place of the archive itself.
        if ArchiveFolder.absolute(OutputPlace.folder(of: path)) == ArchiveFolder.absolute(folder.path) {
            throw StorageError(
                .readOnly, "a backup cannot be in the archive's own folder: \(shown)",
                hint: "put it elsewhere, ideally on another disk")
        }
    }

    private static func cannotWrite(_ path: String, _ error: Int32) -> StorageError {
        if error == ENOSPC || error == EDQUOT {
            return StorageError(
                .diskFull, "there is no room for the copy: \(path)",
                hint: "make room, or choose another disk")
        }
        return StorageError(
            .readOnly, "the copy cannot be written: \(path): \(String(cString: strerror(error)))",
            hint: "choose a writable place")
    }
}
