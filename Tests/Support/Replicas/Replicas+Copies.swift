import Foundation
internal import QuipuStorage

/// What happens to folders: they are copied and both are used, and old ones are put back.
extension Replicas {
    /// Copies the folder of a replica, both databases, and opens the copy as another machine would.
    /// - Returns: the copy's index.
    public func copy(_ index: Int, offsetMilliseconds: Int64 = 0) throws -> Int {
        let path = folder.path(of: "replica\(stores.count)")
        try FileManager.default.copyItem(atPath: stores[index].folder.workPath, toPath: path)
        stores.append(try open(path, offsetMilliseconds: offsetMilliseconds))
        return stores.count - 1
    }

    /// Keeps a copy of a replica's folder aside.
    /// - Returns: where.
    public func backUp(_ index: Int) throws -> String {
        let path = folder.path(of: "backup\(UInt64.random(in: 0 ... .max))")
        try FileManager.default.copyItem(atPath: stores[index].folder.workPath, toPath: path)
        return path
    }

    /// Puts a folder kept aside in the place of a replica's; `archiveAlone` leaves what is the machine's own.
    public func putBack(_ backup: String, at index: Int, archiveAlone: Bool = false) throws {
        let place = stores[index].folder.workPath
        let files = archiveAlone ? ["archive.sqlite", "archive.sqlite-wal", "archive.sqlite-shm"] : [""]
        for file in files {
            try? FileManager.default.removeItem(atPath: "\(place)/.quipu/\(file)")
            let kept = "\(backup)/.quipu/\(file)"
            if FileManager.default.fileExists(atPath: kept) {
                try FileManager.default.copyItem(atPath: kept, toPath: "\(place)/.quipu/\(file)")
            }
        }
        stores[index] = try open(place)
    }

    /// Opens a replica again, with a clock that is off, was set by a reboot, or is kept right by a time server.
    public func setClock(
        of index: Int, offsetMilliseconds: Int64 = 0, boot: UInt8 = 0, isSynchronized: Bool = false
    ) throws {
        let environment = world.environment(
            offsetMilliseconds: offsetMilliseconds, boot: boot, isSynchronized: isSynchronized)
        environments[index] = environment
        stores[index] = try Store(opening: stores[index].folder, environment: environment)
    }

    private func open(_ path: String, offsetMilliseconds: Int64 = 0) throws -> Store {
        try Store(
            opening: ArchiveFolder(path: path + "/.quipu"),
            environment: world.environment(offsetMilliseconds: offsetMilliseconds))
    }
}
