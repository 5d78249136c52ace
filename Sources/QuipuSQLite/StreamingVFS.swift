internal import CQuipuSQLite
internal import QuipuThreads

/// A database file that connections read while it is still being written, from its beginning to its end: a read of what is
/// not there yet waits for it. What is there does not change any more.
///
/// For SQLite it is a file system of its own (https://www.sqlite.org/vfs.html): the system's without locks, as nobody else
/// knows the file, but for its handles (`StreamingVFSFile`).
///
/// `@unchecked Sendable`: `monitor` guards all that changes; the rest is written before anybody else knows of it.
public final class StreamingVFS: @unchecked Sendable {
    private enum Stage {
        case streaming
        case whole
        case abandoned
    }

    public let path: String
    private let monitor = Monitor()
    private var arrivedBytes = 0
    private var stage = Stage.streaming
    private let layer = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
    private let nameBytes = UnsafeMutablePointer<CChar>.allocate(capacity: 40)

    /// - Parameter path: need not be there before the first of it is said to have arrived.
    /// - Throws: `SQLiteError` where SQLite knows no such file system.
    public init(_ path: String) throws(SQLiteError) {
        self.path = path
        // Everything that does not touch the file's bytes stays the system's own.
        layer.initialize(to: StreamingVFSFile.system?.layer.pointee ?? sqlite3_vfs())
        let name = "arriving-\(UInt(bitPattern: layer))"
        for (index, byte) in name.utf8CString.enumerated() { nameBytes[index] = byte }
        layer.pointee.pNext = nil
        layer.pointee.zName = UnsafePointer(nameBytes)
        layer.pointee.szOsFile = StreamingVFSFile.sizeBytes
        layer.pointee.pAppData = Unmanaged.passUnretained(self).toOpaque()
        layer.pointee.xOpen = { layer, path, handle, flags, outFlags in
            StreamingVFSFile.open(layer, path, handle, flags, outFlags)
        }
        guard StreamingVFSFile.system != nil, sqlite3_vfs_register(layer, 0) == SQLITE_OK else {
            throw SQLiteError(
                code: .cannotOpen, message: "there is no file system for it", sql: nil, path: path)
        }
    }

    deinit {
        sqlite3_vfs_unregister(layer)
        layer.deallocate()
        nameBytes.deallocate()
    }

    /// By which SQLite knows it; as long as this file is kept.
    var fileSystem: UnsafePointer<CChar> { UnsafePointer(nameBytes) }

    /// So much of it is there now.
    public func advance(to bytes: Int) { monitor.change { arrivedBytes = max(arrivedBytes, bytes) } }

    /// All of it is there.
    public func finish() { monitor.change { if stage == .streaming { stage = .whole } } }

    /// No more of it comes: reads fail, those that wait as well as later ones.
    public func abandon() { monitor.change { stage = .abandoned } }

    /// Waits for the bytes up to there, or the end of it all.
    /// - Returns: how much is there; nil where it was given up.
    func wait(for bytes: Int) -> Int? {
        _ = monitor.wait { stage != .streaming || arrivedBytes >= bytes }
        return monitor.locked { stage == .abandoned ? nil : arrivedBytes }
    }
}
