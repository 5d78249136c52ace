internal import Glibc
internal import Support

/// The disk of one simulated machine: a folder whose files SQLite reaches through `SimulatedFileSystem`.
///
/// Files are real, and hold what a program that goes on running sees. Beside them the disk remembers what is not safe
/// yet: for each sector written since its file was last synced what it held then, for each name what the folder would
/// still say. When the power goes, every such sector is independently kept, lost or torn in the middle, a file may have
/// its former length, a name made or removed since may be gone or back. So nothing survives but what a sync promised,
/// which is what SQLite's `synchronous` is about (https://www.sqlite.org/atomiccommit.html, section 2).
///
/// A folder becomes durable as it does under SQLite's own unix file system: with the first sync of a journal or log
/// file made in it, and with a removal that asks for it.
///
/// `@unchecked Sendable`: the list of disks is shared, a disk is not. Only the thread that runs its simulation opens
/// files under its folder.
public final class SimulatedDisk: @unchecked Sendable {
    enum Operation {
        case create, write, truncate, sync, remove
    }

    /// What comes of an operation.
    enum Verdict {
        case done
        case full
        case failed
        /// The power is gone.
        case down
        /// It is done, and the power is gone before anyone learns of it.
        case doneThenDown
    }

    struct FileState {
        var isNameDurable: Bool
        var durableSize: Int
        /// By number of the sector: what it held at the last sync, cut at the file's end then.
        var before: [Int: [UInt8]] = [:]
    }

    /// Its absolute path, symbolic links resolved.
    public let folder: String
    public let sectorBytes: Int
    private(set) var files: [String: FileState] = [:]
    /// Files removed, as they would come back.
    private var removed: [String: [UInt8]] = [:]

    public private(set) var isDown = false
    private var operationsUntilPowerLoss: Int?
    private var losesAfterOperation = false
    private var operationsUntilFailure: Int?
    public var isFull = false

    /// Operations that changed the disk or asked for a sync.
    public private(set) var operationCount = 0
    public private(set) var refusedCount = 0

    public init(folder: String, sectorBytes: Int) {
        self.folder = folder
        self.sectorBytes = sectorBytes
        SimulatedFileSystem.attach(self)
    }

    public func detach() { SimulatedFileSystem.detach(self) }

    // MARK: faults

    /// The power goes at a later operation, this many from now.
    /// - Parameter after: the operation itself still reaches the disk.
    public func armPowerLoss(operations: Int, after: Bool) {
        operationsUntilPowerLoss = operations
        losesAfterOperation = after
    }

    /// One write or sync fails, this many operations from now.
    public func armFailure(operations: Int) { operationsUntilFailure = operations }

    public func disarm() {
        operationsUntilPowerLoss = nil
        operationsUntilFailure = nil
        isFull = false
    }

    /// - Parameter growth: bytes by which the file would grow.
    func admit(_ operation: Operation, growth: Int = 0) -> Verdict {
        if isDown { return .down }
        operationCount += 1
        if let left = operationsUntilPowerLoss {
            operationsUntilPowerLoss = left - 1
            if left <= 1 {
                operationsUntilPowerLoss = nil
                isDown = true
                return losesAfterOperation ? .doneThenDown : .down
            }
        }
        if let left = operationsUntilFailure {
            operationsUntilFailure = left - 1
            if left <= 1, operation == .write || operation == .sync {
                operationsUntilFailure = nil
                refusedCount += 1
                return .failed
            }
        }
        if isFull, operation == .create || growth > 0 {
            refusedCount += 1
            return .full
        }
        return .done
    }

    // MARK: what is not safe yet

    func noteOpened(_ path: String, isNew: Bool, sizeBytes: Int) {
        if isNew {
            files[path] = FileState(isNameDurable: false, durableSize: 0)
        } else if files[path] == nil {
            files[path] = FileState(isNameDurable: true, durableSize: sizeBytes)
        }
    }

    /// - Parameter read: bytes of the file as they are before the change.
    func noteChange(of path: String, bytes: Range<Int>, read: (Range<Int>) -> [UInt8]) {
        guard !bytes.isEmpty, var state = files.removeValue(forKey: path) else { return }
        for sector in bytes.lowerBound / sectorBytes...(bytes.upperBound - 1) / sectorBytes
        where state.before[sector] == nil {
            let start = sector * sectorBytes
            let end = min(start + sectorBytes, state.durableSize)
            state.before[sector] = start < end ? read(start..<end) : []
        }
        files[path] = state
    }

    func noteSync(of path: String, sizeBytes: Int, isFolderSynced: Bool) {
        files[path]?.before.removeAll(keepingCapacity: true)
        files[path]?.durableSize = sizeBytes
        if isFolderSynced, files[path]?.isNameDurable == false { noteFolderSync() }
    }

    func noteRemoval(of path: String, content: [UInt8], isFolderSynced: Bool) {
        let wasDurable = files.removeValue(forKey: path)?.isNameDurable ?? true
        if wasDurable { removed[path] = content }
        if isFolderSynced { noteFolderSync() }
    }

    private func noteFolderSync() {
        removed.removeAll()
        for path in files.keys { files[path]?.isNameDurable = true }
    }

    // MARK: after the power went

    /// Makes the files what they are when the power is back. Nothing may have them open.
    /// - Returns: how many sectors were lost or torn.
    @discardableResult
    public func recover(salt: UInt64) -> Int {
        var random = SplitMix64(seed: salt)
        let mode = Loss.random(using: &random)
        var damaged = 0
        for (path, state) in files.sorted(by: { $0.key < $1.key }) {
            if !state.isNameDurable, mode.loses(using: &random) {
                unlink(path)
                damaged += 1
            } else {
                damaged += loseUnsynced(of: path, state, mode, using: &random)
            }
        }
        for (path, content) in removed.sorted(by: { $0.key < $1.key }) {
            if access(path, F_OK) != 0, mode.loses(using: &random) {
                File.write(content, to: path)
                damaged += 1
            }
        }
        settle()
        return damaged
    }

    /// Takes everything for safe as it is: after files were replaced from outside.
    public func settle() {
        for path in files.keys where path.hasSuffix("-wal") { unlink(path.dropLast(4) + "-shm") }
        files.removeAll()
        removed.removeAll()
        isDown = false
        operationsUntilPowerLoss = nil
        operationsUntilFailure = nil
    }

    private func loseUnsynced(
        of path: String, _ state: FileState, _ mode: Loss, using random: inout SplitMix64
    ) -> Int {
        guard !state.before.isEmpty || File.size(of: path) != state.durableSize else { return 0 }
        let now = File.read(path)
        var content = now
        var damaged = 0
        for (sector, before) in state.before.sorted(by: { $0.key < $1.key }) {
            guard mode.loses(using: &random) else { continue }
            damaged += 1
            let start = sector * sectorBytes
            let written = Array(now.dropFirst(start).prefix(sectorBytes))
            // Torn: the head of the new bytes before the tail of the old ones.
            let kept = mode.tears(using: &random) ? Int.random(in: 0...written.count, using: &random) : 0
            var mixed = Array(written.prefix(kept)) + before.dropFirst(kept)
            if start + mixed.count < content.count {
                mixed += [UInt8](
                    repeating: 0,
                    count: max(0, min(sectorBytes, content.count - start) - mixed.count))
            }
            if content.count < start {
                content += [UInt8](repeating: 0, count: start - content.count)
            }
            content.replaceSubrange(start..<min(start + sectorBytes, content.count), with: mixed)
        }
        if content.count > state.durableSize, mode.loses(using: &random) {
            let size = Int.random(in: state.durableSize...content.count, using: &random)
            content.removeLast(content.count - (Bool.random(using: &random) ? size : state.durableSize))
        }
        File.write(content, to: path)
        return damaged
    }
}

/// How much is lost when the power goes: nothing (a process was killed, the system was not), all that was not synced,
/// or some of it.
private enum Loss {
    case nothing, everything, some

    static func random(using random: inout SplitMix64) -> Loss {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: .nothing
        case 1: .everything
        default: .some
        }
    }

    func loses(using random: inout SplitMix64) -> Bool {
        switch self {
        case .nothing: false
        case .everything: true
        case .some: Bool.random(using: &random)
        }
    }

    func tears(using random: inout SplitMix64) -> Bool {
        self == .some && Int.random(in: 0..<3, using: &random) == 0
    }
}
