internal import CQuipuSQLite

/// The data after the system's own handle in a file object: the methods that SQLite calls instead, and bytes read
/// ahead.
struct StreamingVFSFile {
    /// `@unchecked Sendable`: owned by SQLite and immutable.
    struct System: @unchecked Sendable {
        let layer: UnsafeMutablePointer<sqlite3_vfs>
        /// The offset after the system's handle.
        let offset: Int
    }

    /// The file system without locks.
    static let system: System? = sqlite3_vfs_find("unix-none").map { layer in
        let alignment = MemoryLayout<StreamingVFSFile>.alignment
        return System(
            layer: layer, offset: (Int(layer.pointee.szOsFile) + alignment - 1) / alignment * alignment)
    }

    static var sizeBytes: Int32 { Int32((system?.offset ?? 0) + MemoryLayout<StreamingVFSFile>.size) }

    /// The page size and the number of pages are among the first bytes of a database.
    private static let headerBytes = 100
    /// SQLite asks for a page at a time, and often for the one after it.
    private static let aheadBytes = 64 << 10

    /// Kept by the connection.
    private let file: Unmanaged<StreamingVFS>
    private let systemMethods: UnsafePointer<sqlite3_io_methods>
    private var methods: sqlite3_io_methods
    private let ahead = UnsafeMutableRawPointer.allocate(byteCount: aheadBytes, alignment: 16)
    /// Where in the file these bytes are.
    private var range = 0..<0
    /// The position after the last read.
    private var position = 0

    static func open(
        _ layer: UnsafeMutablePointer<sqlite3_vfs>?, _ path: UnsafePointer<CChar>?,
        _ handle: UnsafeMutablePointer<sqlite3_file>?, _ flags: Int32,
        _ outFlags: UnsafeMutablePointer<Int32>?
    ) -> Int32 {
        guard let system, let handle, let context = layer?.pointee.pAppData else { return SQLITE_CANTOPEN }
        handle.pointee.pMethods = nil
        let file = Unmanaged<StreamingVFS>.fromOpaque(context)
        // Journals and temporary files are opened by the system's VFS.
        let isFile = flags & SQLITE_OPEN_MAIN_DB != 0
        if isFile, file.takeUnretainedValue().wait(for: headerBytes) == nil { return SQLITE_CANTOPEN }
        let status = system.layer.pointee.xOpen(system.layer, path, handle, flags, outFlags)
        guard status == SQLITE_OK, isFile, let methods = handle.pointee.pMethods else { return status }
        let own = behind(handle)
        own.initialize(
            to: StreamingVFSFile(file: file, systemMethods: methods, methods: methods.pointee))
        own.pointee.replaceMethods()
        handle.pointee.pMethods = UnsafePointer(own.pointer(to: \.methods))
        return SQLITE_OK
    }

    private init(
        file: Unmanaged<StreamingVFS>, systemMethods: UnsafePointer<sqlite3_io_methods>,
        methods: sqlite3_io_methods
    ) {
        (self.file, self.systemMethods, self.methods) = (file, systemMethods, methods)
    }

    private static func behind(
        _ handle: UnsafeMutablePointer<sqlite3_file>?
    ) -> UnsafeMutablePointer<StreamingVFSFile> {
        guard let system, let handle else { preconditionFailure("SQLite passes no file") }
        return (UnsafeMutableRawPointer(handle) + system.offset).assumingMemoryBound(
            to: StreamingVFSFile.self)
    }

    private mutating func replaceMethods() {
        // No write-ahead log, and no memory mapping.
        methods.iVersion = 1
        methods.xRead = { handle, target, count, offset in
            guard let target else { return SQLITE_IOERR }
            return StreamingVFSFile.behind(handle).pointee.read(handle, Int(offset), Int(count), into: target)
        }
        methods.xFileSize = { handle, size in
            StreamingVFSFile.behind(handle).pointee.findSize(handle, size)
        }
        methods.xClose = { handle in
            let own = StreamingVFSFile.behind(handle)
            own.pointee.ahead.deallocate()
            return own.pointee.systemMethods.pointee.xClose(handle)
        }
    }

    private mutating func read(
        _ handle: UnsafeMutablePointer<sqlite3_file>?, _ offset: Int, _ count: Int,
        into target: UnsafeMutableRawPointer
    ) -> Int32 {
        let end = offset + count
        let isNext = offset >= position && offset - position < Self.aheadBytes
        position = end
        if !(range.lowerBound <= offset && end <= range.upperBound) {
            guard let arrived = file._withUnsafeGuaranteedRef({ $0.wait(for: end) }) else {
                return SQLITE_IOERR
            }
            let aheadEnd = min(arrived, offset + Self.aheadBytes)
            guard isNext, end <= aheadEnd else { return readSystem(handle, offset..<end, into: target) }
            range = 0..<0
            let status = readSystem(handle, offset..<aheadEnd, into: ahead)
            guard status == SQLITE_OK else { return status }
            range = offset..<aheadEnd
        }
        target.copyMemory(from: ahead + (offset - range.lowerBound), byteCount: count)
        return SQLITE_OK
    }

    /// The size that the complete file will have.
    private func findSize(
        _ handle: UnsafeMutablePointer<sqlite3_file>?, _ size: UnsafeMutablePointer<Int64>?
    ) -> Int32 {
        var header = [UInt8](repeating: 0, count: Self.headerBytes)
        guard file.takeUnretainedValue().wait(for: header.count) != nil,
            header.withUnsafeMutableBytes({ bytes in
                bytes.baseAddress.map { readSystem(handle, 0..<bytes.count, into: $0) } == SQLITE_OK
            })
        else { return SQLITE_IOERR }
        let pageBytes = Int64(header[16]) << 8 | Int64(header[17])
        let pages = header[28..<32].reduce(0 as Int64) { $0 << 8 | Int64($1) }
        // 1 stands for 65,536, which does not fit into two bytes.
        size?.pointee = (pageBytes == 1 ? 65_536 : pageBytes) * pages
        return SQLITE_OK
    }

    private func readSystem(
        _ handle: UnsafeMutablePointer<sqlite3_file>?, _ range: Range<Int>,
        into target: UnsafeMutableRawPointer
    ) -> Int32 {
        systemMethods.pointee.xRead(handle, target, Int32(range.count), Int64(range.lowerBound))
    }
}
