internal import CQuipuArchive
internal import Glibc

/// The entries of a ZIP archive, one after another; what an entry holds is read before the next is asked for. Nothing is
/// ever written under the name of an entry.
final class ZipArchive: ByteStream {
    struct Entry {
        /// In the archive: relative, without `.` and `..`.
        let name: String
        let isEncrypted: Bool
    }

    enum Step {
        case entry(Entry)
        /// An entry that cannot be used; the next ones can.
        case refused(name: String, reason: String)
        /// Nothing after this place can be read.
        case broken(String)
    }

    private let library: ArchiveLibrary
    private let archive: OpaquePointer
    private let input: Unmanaged<ArchiveInput>
    private var entries = 0
    private var isFinished = false
    private var startOfEntry = 0
    private var made = 0
    private(set) var fault: String?

    /// - Parameter seeks: whether the archive's directory is read first, where the source can be read again; else the
    ///   entries come as they stand.
    init(_ source: ByteSource, seeks: Bool = true) throws(InterchangeError) {
        library = try ArchiveLibrary.required(for: source.name)
        guard let archive = library.create() else {
            throw InterchangeError(
                code: .unreadable, operation: "read", path: source.name, message: "there is no memory left",
                hint: "Close other programs, then import it again.")
        }
        self.archive = archive
        input = Unmanaged.passRetained(ArchiveInput(source))
        let size = seeks ? source.holdPlace() : nil
        input.takeUnretainedValue().size = size
        let (library, input) = (library, input)
        let isOpen = ArchiveLibrary.withUTF8 {
            var code = library.supportZIP(archive)
            if code == ARCHIVE_OK { code = library.setRead(archive, readInput) }
            if code == ARCHIVE_OK, size != nil { code = library.setSeek(archive, seekInput) }
            if code == ARCHIVE_OK { code = library.setData(archive, input.toOpaque()) }
            if code == ARCHIVE_OK { code = library.open(archive) }
            return code == ARCHIVE_OK || code == ARCHIVE_WARN
        }
        if !isOpen {
            fault = message
            isFinished = true
        }
        if let failure = input.takeUnretainedValue().failure { throw failure }
    }

    deinit {
        _ = library.free(archive)
        input.release()
    }

    var fileOffset: Int { input.takeUnretainedValue().fileOffset }

    /// Goes to the next entry that is a file; nil at the end.
    func next() throws(InterchangeError) -> Step? {
        while !isFinished {
            var header: OpaquePointer?
            let (library, archive) = (library, archive)
            let (code, bytes) = ArchiveLibrary.withUTF8 { () -> (Int32, [UInt8]?) in
                let code = library.nextHeader(archive, &header)
                guard code == ARCHIVE_OK || code == ARCHIVE_WARN, let name = library.entryName(header) else {
                    return (code, nil)
                }
                return (code, Array(UnsafeRawBufferPointer(start: name, count: strlen(name))))
            }
            if let failure = input.takeUnretainedValue().failure { throw failure }
            fault = nil
            made = 0
            startOfEntry = fileOffset
            entries += 1
            if code == ARCHIVE_EOF {
                isFinished = true
                return nil
            }
            if entries > ExpansionLimits.maximumEntries {
                isFinished = true
                return .broken("it has more than \(ExpansionLimits.maximumEntries) entries")
            }
            guard code == ARCHIVE_OK || code == ARCHIVE_WARN else {
                // After a fault in one entry the next one may be whole.
                if code <= ARCHIVE_FATAL { isFinished = true }
                return isFinished
                    ? .broken(message) : .refused(name: "entry \(entries)", reason: message)
            }
            // Folders and links hold nothing.
            if library.entryType(header) & S_IFMT != S_IFREG, library.entryType(header) != 0 { continue }
            guard let bytes else {
                return .refused(name: "entry \(entries)", reason: "its name cannot be read")
            }
            guard let name = EntryName.checked(bytes) else {
                return .refused(
                    name: String(decoding: bytes.prefix(200), as: UTF8.self),
                    reason: "its name leads out of the archive")
            }
            return .entry(Entry(name: name, isEncrypted: library.entryIsEncrypted(header) > 0))
        }
        return nil
    }

    /// What the entry holds, as far as the bound on its size goes: a fault says that there is more, or that it is damaged.
    func readAll(maximumBytes: Int = ExpansionLimits.maximumHeldBytes) throws(InterchangeError) -> [UInt8] {
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let got = try block.withUnsafeMutableBufferPointer { (buffer) throws(InterchangeError) in
                try read(into: buffer)
            }
            if got == 0 { return bytes }
            if bytes.count + got > maximumBytes {
                fault = "it is longer than \(maximumBytes) bytes"
                return bytes
            }
            bytes += block[..<got]
        }
    }

    func read(into buffer: UnsafeMutableBufferPointer<UInt8>) throws(InterchangeError) -> Int {
        guard fault == nil, !isFinished else { return 0 }
        let got = library.readData(archive, buffer.baseAddress, buffer.count)
        if let failure = input.takeUnretainedValue().failure { throw failure }
        guard got >= 0 else {
            fault = message
            return 0
        }
        made += got
        // Where it reads ahead it has read at least what it expands.
        if !ExpansionLimits.allow(made, of: max(0, fileOffset - startOfEntry) + ArchiveInput.blockBytes) {
            fault = ExpansionLimits.bomb
            return 0
        }
        return got
    }

    private var message: String {
        library.errorText(archive).map { "the ZIP archive is damaged: \(String(cString: $0))" }
            ?? "the ZIP archive is damaged"
    }
}

/// Names of entries, which are compared with each other and never used as paths.
enum EntryName {
    /// - Returns: nil for an absolute name, one that leads out of the archive or holds a NUL, and a monstrous one.
    static func checked(_ bytes: [UInt8]) -> String? {
        guard (1...ExpansionLimits.maximumNameBytes).contains(bytes.count), !bytes.contains(0) else {
            return nil
        }
        // Some writers of ZIP use Windows' separators.
        let text = String(
            decoding: bytes.map { $0 == UInt8(ascii: "\\") ? UInt8(ascii: "/") : $0 }, as: UTF8.self)
        if text.hasPrefix("/") || text.utf8.dropFirst().first == UInt8(ascii: ":") { return nil }
        return resolved(text, in: "")
    }

    /// The entry that a link in another one names; nil where it leads out.
    static func resolved(_ link: String, in folder: String) -> String? {
        var parts = link.hasPrefix("/") ? [] : folder.split(separator: "/").map(String.init)
        for part in link.split(separator: "/") where part != "." {
            if part == ".." {
                if parts.isEmpty { return nil }
                parts.removeLast()
            } else {
                parts.append(String(part))
            }
        }
        return parts.isEmpty ? nil : parts.joined(separator: "/")
    }
}

/// What libarchive reads from.
private final class ArchiveInput {
    static let blockBytes = 64 << 10

    let source: ByteSource
    /// Nil where it cannot go back.
    var size: Int?
    var fileOffset = 0
    var failure: InterchangeError?
    private let block = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: blockBytes)

    init(_ source: ByteSource) { self.source = source }

    deinit { block.deallocate() }

    func read(_ out: UnsafeMutablePointer<UnsafeRawPointer?>?) -> Int {
        do throws(InterchangeError) {
            let got = try source.read(into: block)
            fileOffset += got
            out?.pointee = UnsafeRawPointer(block.baseAddress)
            return got
        } catch {
            failure = error
            return Int(ARCHIVE_FATAL)
        }
    }

    func seek(_ offset: Int64, _ whence: Int32) -> Int64 {
        let base: Int
        switch whence {
        case SEEK_SET: base = 0
        case SEEK_CUR: base = fileOffset
        default: base = size ?? 0
        }
        let (target, overflow) = base.addingReportingOverflow(Int(offset))
        guard !overflow, let size, (0...size).contains(target), source.seek(to: target) else {
            return Int64(ARCHIVE_FATAL)
        }
        fileOffset = target
        return Int64(target)
    }
}

private let readInput: ArchiveLibrary.Read = { _, data, out in
    guard let data else { return Int(ARCHIVE_FATAL) }
    return Unmanaged<ArchiveInput>.fromOpaque(data).takeUnretainedValue().read(out)
}

private let seekInput: ArchiveLibrary.Seek = { _, data, offset, whence in
    guard let data else { return Int64(ARCHIVE_FATAL) }
    return Unmanaged<ArchiveInput>.fromOpaque(data).takeUnretainedValue().seek(offset, whence)
}
