internal import CQuipuLinux
internal import Glibc

/// Reads foreign bytes in a child process: one for many sources, and a new one after a fault. Without one nothing is
/// started until the first source is opened.
///
/// The process may use limited memory and time, opens no connection, starts no program and writes no file.
package final class ReaderProcesses {
    private let program: ReaderProgram?
    private let limits: ReaderLimits
    private var process: ReaderProcess?
    /// Whether the process is at work on a source.
    private var isBusy = false
    /// How many were started.
    package private(set) var startedCount = 0

    /// - Parameter program: what is run; nil finds it.
    package init(program: ReaderProgram? = nil, limits: ReaderLimits = ReaderLimits()) {
        self.program = program
        self.limits = limits
    }

    /// Opens a source. This process reads no more of it.
    func open(
        _ entry: FormatEntry, _ source: ByteSource, _ options: SourceOptions
    ) throws(InterchangeError) -> any SourceReader {
        if isBusy { discard() }
        let rest = HandedOver(try source.handOver(), of: source)
        let process = try send(request(entry, options, rest, firstRecord: 1).encoded(), rest.descriptor)
        isBusy = true
        let reader = IsolatedReader(
            of: source.name, process: process, owner: self, mayWait: !rest.rest.isWhole,
            again: { [self] (first) throws(InterchangeError) in
                guard rest.goBack() else { return nil }
                let request = request(entry, options, rest, firstRecord: first)
                let process = try send(request.encoded(), rest.descriptor)
                isBusy = true
                return process
            })
        try reader.open()
        return reader
    }

    private func request(
        _ entry: FormatEntry, _ options: SourceOptions, _ handed: HandedOver, firstRecord: Int
    ) -> ReaderRequest {
        var request = ReaderRequest(
            format: entry.format.rawValue, name: handed.source.name, options: options,
            prefix: handed.rest.prefix, hasDescriptor: handed.rest.descriptor != nil)
        request.firstRecord = firstRecord
        return request
    }

    /// Opens a library of Zotero.
    func open(
        _ library: ReaderRequest.Library, named name: String, _ supplier: @escaping PageSupplier
    ) throws(InterchangeError) -> any SourceReader {
        if isBusy { discard() }
        var request = ReaderRequest(
            format: SourceFormat.zotero.rawValue, name: name, options: .none, prefix: [], hasDescriptor: false
        )
        request.library = library
        let process = try send(request.encoded(), -1)
        isBusy = true
        let reader = IsolatedReader(
            of: name, process: process, owner: self, mayWait: true, supplier: supplier)
        try reader.open()
        return reader
    }

    /// One that has ended since its last source is replaced.
    private func send(_ request: [UInt8], _ descriptor: Int32) throws(InterchangeError) -> ReaderProcess {
        for _ in 0..<2 {
            let process = try running()
            process.renewProcessorTime()
            if (try? process.channel.send(request, with: descriptor)) != nil { return process }
            discard()
        }
        throw InterchangeError(
            code: .noReaderProgram, operation: "start", path: "quipu",
            message: "the process that reads files of other programs ends at once",
            hint: "Check the limits of this machine (ulimit -a), then try again.")
    }

    /// What is run.
    func foundProgram() throws(InterchangeError) -> ReaderProgram {
        if let program { return program }
        return try ReaderProgram.find()
    }

    private func running() throws(InterchangeError) -> ReaderProcess {
        if let process { return process }
        let process = try ReaderProcess(foundProgram(), limits)
        startedCount += 1
        self.process = process
        return process
    }

    /// The process has read a source to its end, and can take another.
    func release(_ process: ReaderProcess) {
        if self.process === process { isBusy = false }
    }

    /// The process is of no use any more.
    func discard(_ process: ReaderProcess) {
        if self.process === process { discard() }
    }

    private func discard() {
        process?.end()
        process = nil
        isBusy = false
    }
}

/// What another process was given of a source, which it can be given again.
private final class HandedOver {
    let rest: ByteSource.Rest
    /// Keeps what it reads open.
    let source: ByteSource
    private let start: off_t

    init(_ rest: ByteSource.Rest, of source: ByteSource) {
        self.rest = rest
        self.source = source
        start = rest.isWhole ? rest.descriptor.map { lseek($0, 0, SEEK_CUR) } ?? 0 : -1
    }

    deinit { if rest.isOwned, let descriptor = rest.descriptor { close(descriptor) } }

    var descriptor: Int32 { rest.descriptor ?? -1 }

    /// False for a stream, which is read once. Both processes share the place in a file.
    func goBack() -> Bool {
        guard start >= 0 else { return false }
        return rest.descriptor.map { lseek($0, start, SEEK_SET) == start } ?? true
    }
}
