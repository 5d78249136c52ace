internal import CQuipuSQLite

/// A file that SQLite has open on a simulated disk.
final class OpenFile {
    static let stateOffset = MemoryLayout<UnsafeRawPointer>.stride
    static let realOffset = 2 * MemoryLayout<UnsafeRawPointer>.stride

    let path: String
    /// A rollback journal or a write-ahead log: its first sync makes the folder durable.
    let isJournal: Bool
    let disk: SimulatedDisk

    init(path: String, isJournal: Bool, disk: SimulatedDisk) {
        self.path = path
        self.isJournal = isJournal
        self.disk = disk
    }

    func retain(in file: UnsafeMutablePointer<sqlite3_file>) {
        UnsafeMutableRawPointer(file).storeBytes(
            of: Unmanaged.passRetained(self).toOpaque(), toByteOffset: Self.stateOffset,
            as: UnsafeMutableRawPointer.self)
    }

    private static func box(_ file: UnsafeMutablePointer<sqlite3_file>?) -> Unmanaged<OpenFile> {
        guard let file else { preconditionFailure("SQLite passes no file") }
        return .fromOpaque(
            UnsafeMutableRawPointer(file).load(
                fromByteOffset: stateOffset, as: UnsafeMutableRawPointer.self))
    }

    static func of(_ file: UnsafeMutablePointer<sqlite3_file>?) -> OpenFile {
        box(file).takeUnretainedValue()
    }

    static func release(in file: UnsafeMutablePointer<sqlite3_file>?) { box(file).release() }

    /// The handle of the system's own file system inside ours.
    static func real(_ file: UnsafeMutablePointer<sqlite3_file>?) -> UnsafeMutablePointer<sqlite3_file> {
        guard let file else { preconditionFailure("SQLite passes no file") }
        return (UnsafeMutableRawPointer(file) + realOffset).assumingMemoryBound(to: sqlite3_file.self)
    }

    /// The handle and its methods, for a call that is only passed on.
    static func realCall(
        _ file: UnsafeMutablePointer<sqlite3_file>?
    ) -> (UnsafeMutablePointer<sqlite3_file>, sqlite3_io_methods) {
        let inner = real(file)
        return (inner, inner.pointee.pMethods.pointee)
    }

    static func size(of file: UnsafeMutablePointer<sqlite3_file>?) -> Int {
        let (inner, methods) = realCall(file)
        var size: Int64 = 0
        return methods.xFileSize(inner, &size) == SQLITE_OK ? Int(size) : 0
    }

    static func read(_ range: Range<Int>, of file: UnsafeMutablePointer<sqlite3_file>?) -> [UInt8] {
        let (inner, methods) = realCall(file)
        return [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            // A short read is filled up with zeros.
            let status = methods.xRead(
                inner, buffer.baseAddress, Int32(range.count), Int64(range.lowerBound))
            count = status == SQLITE_OK || status == SQLITE_IOERR | 2 << 8 ? range.count : 0
        }
    }
}
