internal import Glibc
internal import QuipuCausality
internal import QuipuSQLite
internal import QuipuStorage

/// One machine: a disk, an archive on it, and a program that has it open most of the time.
final class Machine {
    let index: Int
    let disk: SimulatedDisk
    private let clocks: Clocks
    private(set) var store: Store?
    /// Looks at the log from outside, by the same file system.
    private var reader: Connection?
    private var readPosition: Int64 = 0

    /// The transactions in its log.
    private(set) var held = TransactionSet()
    /// Those of them that someone was told of.
    private(set) var acknowledged = TransactionSet()
    /// What exchanges took from the guarded collection within a day, and when by the machine's own clock.
    var collectionLosses: [RecordID: Int64] = [:]
    /// Out of everyone's reach until the step of that number.
    var isAwayUntil = 0
    /// A full copy of the folder from earlier.
    private(set) var hasBackup = false

    init(index: Int, folder: String, sectorBytes: Int, clocks: Clocks) {
        self.index = index
        self.clocks = clocks
        mkdir(folder, 0o755)
        disk = SimulatedDisk(folder: folder, sectorBytes: sectorBytes)
    }

    var archive: ArchiveFolder { ArchiveFolder(path: disk.folder + "/.quipu") }
    private var backupFolder: String { disk.folder + "/backup" }
    var exists: Bool { store != nil }
    var environment: Environment { clocks.environment(ofMachine: index) }

    // MARK: the program

    func create(_ id: ArchiveID?) throws {
        store = try Store.create(in: disk.folder, id: id, name: "machine\(index)", environment: environment)
        try openReader()
    }

    func open() throws {
        store = try Store(opening: archive, environment: environment)
        try openReader()
    }

    /// Ends the program: in good order, or with nothing but closing left to it when the power is gone.
    func close() {
        reader = nil
        store = nil
    }

    private func openReader() throws {
        reader = try Connection(path: archive.storePath, options: .init(mode: .readOnly))
        readPosition = 0
        held = TransactionSet()
    }

    // MARK: what it holds

    /// Learns what came into the log since the last time.
    func refresh(_ ledger: inout Ledger) throws {
        guard let reader else { return }
        var rows = try reader.rows(
            "SELECT position, chain FROM log WHERE position > ? ORDER BY position", .integer(readPosition))
        while try rows.next() {
            readPosition = rows.integer(0)
            guard let chain = ChainHash(bytes: rows.bytes(1)) else {
                throw Violation("a log is readable", "machine \(index)")
            }
            held.insert(ledger.number(of: chain, foundBehind: held))
        }
    }

    /// Somebody has been told of all that is held now.
    func acknowledge(_ ledger: inout Ledger) throws {
        try refresh(&ledger)
        acknowledged = held
        ledger.acknowledge(held)
    }

    /// The stamp of what came into the log last, as it was written.
    func latestStampMilliseconds() throws -> Int64 {
        try reader?.integer("SELECT stamp >> 16 FROM log ORDER BY position DESC LIMIT 1") ?? 0
    }

    /// What clock notes take off the stamp of each transaction, in milliseconds, by chain hash.
    func corrections() throws -> [ChainHash: Int64] {
        guard let reader else { return [:] }
        var found: [ChainHash: Int64] = [:]
        var rows = try reader.rows("SELECT chain, correction FROM log")
        while try rows.next() {
            if let chain = ChainHash(bytes: rows.bytes(0)) { found[chain] = rows.integer(1) }
        }
        return found
    }

    // MARK: files replaced while no program runs

    func saveBackup() {
        File.copyFolder(archive.path, to: backupFolder)
        hasBackup = true
    }

    /// - Parameter isWhole: the folder; otherwise `archive.sqlite` alone.
    func restoreBackup(isWhole: Bool) {
        if isWhole {
            File.copyFolder(backupFolder, to: archive.path)
        } else {
            for name in ["archive.sqlite-wal", "archive.sqlite-shm"] { unlink(archive.path + "/" + name) }
            for name in File.names(in: backupFolder) where name.hasPrefix("archive.sqlite") {
                File.write(File.read(backupFolder + "/" + name), to: archive.path + "/" + name)
            }
        }
        disk.settle()
    }

    func takeFolder(of other: Machine) {
        File.copyFolder(other.archive.path, to: archive.path)
        disk.settle()
    }

    func removeArchive() {
        File.removeFolder(archive.path)
        disk.settle()
    }
}
