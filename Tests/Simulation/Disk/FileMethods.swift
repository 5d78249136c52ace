internal import CQuipuSQLite

/// What SQLite does with an open file on a simulated disk. Each asks the disk first; once the power is gone everything
/// fails but what lets go: unlocking, unmapping, closing.
///
/// Version 2: with shared memory, without memory-mapped reads.
func fileMethods() -> sqlite3_io_methods {
    var methods = sqlite3_io_methods()
    methods.iVersion = 2
    addByteMethods(to: &methods)
    addLockMethods(to: &methods)
    addMemoryMethods(to: &methods)
    return methods
}

private func addByteMethods(to methods: inout sqlite3_io_methods) {
    methods.xClose = { file in
        let (inner, methods) = OpenFile.realCall(file)
        let status = methods.xClose(inner)
        OpenFile.release(in: file)
        return status
    }
    methods.xRead = { file, buffer, count, offset in
        if OpenFile.of(file).disk.isDown { return FileError.read }
        let (inner, methods) = OpenFile.realCall(file)
        return methods.xRead(inner, buffer, count, offset)
    }
    methods.xWrite = { file, bytes, count, offset in
        let opened = OpenFile.of(file)
        let range = Int(offset)..<Int(offset) + Int(count)
        let verdict = opened.disk.admit(
            .write, growth: max(0, range.upperBound - OpenFile.size(of: file)))
        return FileError.carryOut(verdict, failing: FileError.write) {
            opened.disk.noteChange(of: opened.path, bytes: range) { OpenFile.read($0, of: file) }
            let (inner, methods) = OpenFile.realCall(file)
            return methods.xWrite(inner, bytes, count, offset)
        }
    }
    methods.xTruncate = { file, size in
        let opened = OpenFile.of(file)
        return FileError.carryOut(opened.disk.admit(.truncate), failing: FileError.truncate) {
            let end = OpenFile.size(of: file)
            opened.disk.noteChange(of: opened.path, bytes: min(Int(size), end)..<end) {
                OpenFile.read($0, of: file)
            }
            let (inner, methods) = OpenFile.realCall(file)
            return methods.xTruncate(inner, size)
        }
    }
    methods.xSync = { file, flags in
        let opened = OpenFile.of(file)
        return FileError.carryOut(opened.disk.admit(.sync), failing: FileError.sync) {
            let (inner, methods) = OpenFile.realCall(file)
            let status = methods.xSync(inner, flags)
            if status == SQLITE_OK {
                opened.disk.noteSync(
                    of: opened.path, sizeBytes: OpenFile.size(of: file), isFolderSynced: opened.isJournal)
            }
            return status
        }
    }
    methods.xFileSize = { file, size in
        if OpenFile.of(file).disk.isDown { return FileError.size }
        let (inner, methods) = OpenFile.realCall(file)
        return methods.xFileSize(inner, size)
    }
}

private func addLockMethods(to methods: inout sqlite3_io_methods) {
    methods.xLock = { file, level in
        if OpenFile.of(file).disk.isDown { return FileError.lock }
        let (inner, methods) = OpenFile.realCall(file)
        return methods.xLock(inner, level)
    }
    methods.xUnlock = { file, level in
        let (inner, methods) = OpenFile.realCall(file)
        return methods.xUnlock(inner, level)
    }
    methods.xCheckReservedLock = { file, result in
        if OpenFile.of(file).disk.isDown { return FileError.lock }
        let (inner, methods) = OpenFile.realCall(file)
        return methods.xCheckReservedLock(inner, result)
    }
    methods.xFileControl = { file, operation, argument in
        let (inner, methods) = OpenFile.realCall(file)
        return methods.xFileControl(inner, operation, argument)
    }
    methods.xSectorSize = { file in
        let (inner, methods) = OpenFile.realCall(file)
        return methods.xSectorSize(inner)
    }
    methods.xDeviceCharacteristics = { file in
        let (inner, methods) = OpenFile.realCall(file)
        return methods.xDeviceCharacteristics(inner)
    }
}

private func addMemoryMethods(to methods: inout sqlite3_io_methods) {
    methods.xShmMap = { file, region, size, isExtended, address in
        if OpenFile.of(file).disk.isDown { return FileError.map }
        let (inner, methods) = OpenFile.realCall(file)
        return methods.xShmMap(inner, region, size, isExtended, address)
    }
    methods.xShmLock = { file, offset, count, flags in
        if OpenFile.of(file).disk.isDown, flags & SQLITE_SHM_UNLOCK == 0 { return FileError.shmLock }
        let (inner, methods) = OpenFile.realCall(file)
        return methods.xShmLock(inner, offset, count, flags)
    }
    methods.xShmBarrier = { file in
        let (inner, methods) = OpenFile.realCall(file)
        methods.xShmBarrier(inner)
    }
    methods.xShmUnmap = { file, isDeleting in
        let (inner, methods) = OpenFile.realCall(file)
        return methods.xShmUnmap(inner, isDeleting)
    }
}

/// SQLite's extended codes of failed operations: macros with shifts, which Swift does not import.
private enum FileError {
    static let read = SQLITE_IOERR | 1 << 8
    static let write = SQLITE_IOERR | 3 << 8
    static let sync = SQLITE_IOERR | 4 << 8
    static let truncate = SQLITE_IOERR | 6 << 8
    static let size = SQLITE_IOERR | 7 << 8
    static let lock = SQLITE_IOERR | 15 << 8
    static let shmLock = SQLITE_IOERR | 20 << 8
    static let map = SQLITE_IOERR | 21 << 8

    static func carryOut(_ verdict: SimulatedDisk.Verdict, failing code: Int32, _ body: () -> Int32) -> Int32
    {
        switch verdict {
        case .done: return body()
        case .full: return SQLITE_FULL
        case .failed, .down: return code
        case .doneThenDown:
            _ = body()
            return code
        }
    }
}
