internal import CQuipuSQLite
internal import Glibc
internal import Synchronization

/// SQLite's file system (VFS) for simulated disks: a layer over the system's own that asks the disk before each change.
///
/// It becomes SQLite's default, so that the store under test opens its files as ever. A path that is on no simulated
/// disk goes straight to the system's own file system, which then owns the handle alone. A handle of ours is
///
///     pMethods (8 bytes) | a retained `OpenFile` (8 bytes) | the handle of the system's own file system
///
/// Locks and the shared memory of the write-ahead log are the system's own throughout.
enum SimulatedFileSystem {
    /// `@unchecked Sendable`: written before SQLite hears of it, and never again.
    struct Layers: @unchecked Sendable {
        let real: UnsafeMutablePointer<sqlite3_vfs>
        let methods: UnsafeMutablePointer<sqlite3_io_methods>
    }

    static let layers = register()
    private static let disks = Mutex<[SimulatedDisk]>([])

    static func attach(_ disk: SimulatedDisk) {
        _ = layers
        disks.withLock { $0.append(disk) }
    }

    static func detach(_ disk: SimulatedDisk) {
        disks.withLock { $0.removeAll { $0 === disk } }
    }

    static func disk(holding path: String) -> SimulatedDisk? {
        disks.withLock { disks in
            disks.first {
                path.utf8.starts(with: $0.folder.utf8)
                    && path.utf8.dropFirst($0.folder.utf8.count).first == UInt8(ascii: "/")
            }
        }
    }

    /// `SQLITE_IOERR_DELETE`, a macro that Swift does not import.
    private static let removeFailure = SQLITE_IOERR | 10 << 8

    private static func register() -> Layers {
        guard let real = sqlite3_vfs_find(nil) else { preconditionFailure("SQLite has no file system") }
        let methods = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
        methods.initialize(to: fileMethods())
        let ours = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        // Everything that does not touch a file's bytes or name stays the system's own.
        ours.initialize(to: real.pointee)
        ours.pointee.pNext = nil
        ours.pointee.zName = UnsafePointer(strdup("quipu-simulation"))
        ours.pointee.szOsFile = Int32(OpenFile.realOffset) + real.pointee.szOsFile
        ours.pointee.xOpen = { _, name, file, flags, outFlags in
            SimulatedFileSystem.open(name, file, flags, outFlags)
        }
        ours.pointee.xDelete = { _, name, isSynced in SimulatedFileSystem.remove(name, isSynced != 0) }
        guard sqlite3_vfs_register(ours, 1) == SQLITE_OK else {
            preconditionFailure("SQLite does not take the simulated file system")
        }
        return Layers(real: real, methods: methods)
    }

    private static func open(
        _ name: UnsafePointer<CChar>?, _ file: UnsafeMutablePointer<sqlite3_file>?, _ flags: Int32,
        _ outFlags: UnsafeMutablePointer<Int32>?
    ) -> Int32 {
        let real = layers.real
        guard let name, let file, let disk = disk(holding: String(cString: name)) else {
            return real.pointee.xOpen(real, name, file, flags, outFlags)
        }
        file.pointee.pMethods = nil
        let path = String(cString: name)
        let isNew = !File.exists(path)
        if disk.isDown { return SQLITE_IOERR }
        if isNew, flags & SQLITE_OPEN_CREATE != 0 {
            switch disk.admit(.create) {
            case .done: break
            case .full: return SQLITE_FULL
            default: return SQLITE_IOERR
            }
        }
        let status = real.pointee.xOpen(real, name, OpenFile.real(file), flags, outFlags)
        guard status == SQLITE_OK else { return status }
        disk.noteOpened(path, isNew: isNew, sizeBytes: File.size(of: path))
        let isJournal = flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL) != 0
        OpenFile(path: path, isJournal: isJournal, disk: disk).retain(in: file)
        file.pointee.pMethods = UnsafePointer(layers.methods)
        return SQLITE_OK
    }

    private static func remove(_ name: UnsafePointer<CChar>?, _ isFolderSynced: Bool) -> Int32 {
        let real = layers.real
        guard let name, let disk = disk(holding: String(cString: name)), File.exists(String(cString: name))
        else { return real.pointee.xDelete(real, name, isFolderSynced ? 1 : 0) }
        let path = String(cString: name)
        let verdict = disk.admit(.remove)
        guard verdict == .done || verdict == .doneThenDown else { return removeFailure }
        let content = File.read(path)
        let status = real.pointee.xDelete(real, name, isFolderSynced ? 1 : 0)
        if status == SQLITE_OK {
            disk.noteRemoval(of: path, content: content, isFolderSynced: isFolderSynced)
        }
        return verdict == .doneThenDown ? removeFailure : status
    }
}
