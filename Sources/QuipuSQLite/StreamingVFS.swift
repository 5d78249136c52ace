internal import CQuipuSQLite
internal import QuipuThreads

/// A database file that connections read while it is still being written sequentially: a read of missing bytes waits
/// for them. Bytes that are there do not change.
///
/// It is a VFS of SQLite (https://www.sqlite.org/vfs.html): the system's VFS without locks, as no other process uses
/// the file, except for its file handles (`StreamingVFSFile`).
///
/// `@unchecked Sendable`: `monitor` guards mutable state; the rest is written before the object is shared.
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

    /// - Parameter path: the file need not exist before `advance` reports its first bytes.
    /// - Throws: `SQLiteError` if SQLite has no such VFS.
    public init(_ path: String) throws(SQLiteError) {
        self.path = path
        // Everything that does not concern the file's bytes is left to the system's VFS.
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

    /// The VFS's name in SQLite, valid as long as this object.
    var fileSystem: UnsafePointer<CChar> { UnsafePointer(nameBytes) }

    /// Reports how much of the file has been written.
    public func advance(to bytes: Int) { monitor.change { arrivedBytes = max(arrivedBytes, bytes) } }

    /// Reports that the file is complete.
    public func finish() { monitor.change { if stage == .streaming { stage = .whole } } }

    /// Reports that no more is written: waiting and later reads fail.
    public func abandon() { monitor.change { stage = .abandoned } }

    /// Waits for the bytes up to a position, or for the end.
    /// - Returns: how much has been written; nil if it was abandoned.
    func wait(for bytes: Int) -> Int? {
        _ = monitor.wait { stage != .streaming || arrivedBytes >= bytes }
        return monitor.locked { stage == .abandoned ? nil : arrivedBytes }
    }
}
