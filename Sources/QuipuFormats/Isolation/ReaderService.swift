internal import CQuipuLinux
internal import Glibc
internal import QuipuThreads

/// The other side: a process that does nothing but read what it is given, and say what is in it.
package enum ReaderService {
    /// Becomes such a process if the program was started as one, and does not return then. To be called where a program
    /// begins, before it does anything else.
    ///
    /// - Parameters:
    ///   - entry: the reader of a format.
    ///   - library: the reader of a library.
    static func runIfAsked(
        _ entry: (SourceFormat) -> FormatEntry?,
        library: (ReaderRequest.Library, RemotePages) -> any SourceReader
    ) {
        ReaderProgram.noteThisOne()
        let arguments = CommandLine.arguments
        if arguments.count == 3, arguments[1] == ReaderProcess.word {
            ConfinedProgram.become(arguments[2])
            exit(70)
        }
        guard arguments.count == 2, arguments[1] == ReaderProcess.word else { return }
        // Nobody types this, and from a terminal it would only wait.
        guard fcntl(ReaderProcess.channelDescriptor, F_GETFD) != -1 else { return }
        exit(serve(entry, library))
    }

    private static func serve(
        _ entry: (SourceFormat) -> FormatEntry?,
        _ library: (ReaderRequest.Library, RemotePages) -> any SourceReader
    ) -> Int32 {
        quipu_close_from(UInt32(ReaderProcess.channelDescriptor) + 1)
        Confinement.loadLibraries()
        let channel = FrameChannel(ReaderProcess.channelDescriptor)
        guard Confinement.begin() else { return 70 }
        do {
            try channel.send(ReaderReply.ready(version: ReaderReply.version).encoded(consumedBytes: 0))
            while true {
                let frame = try channel.receive(silenceMilliseconds: nil)
                let request = try ReaderRequest(decoding: frame)
                try answer(request, channel.takeDescriptor(), to: channel, entry, library)
            }
        } catch {
            // The other process has gone, or is no friend.
            return 0
        }
    }

    private static func answer(
        _ request: ReaderRequest, _ descriptor: Int32?, to channel: FrameChannel,
        _ entry: (SourceFormat) -> FormatEntry?,
        _ library: (ReaderRequest.Library, RemotePages) -> any SourceReader
    ) throws(FrameChannel.Failure) {
        let report = SourceProgress(channel)
        let source = ByteSource(
            prefix: request.prefix, adopting: request.hasDescriptor ? descriptor : nil, name: request.name)
        source.firstRecord = request.firstRecord
        source.watcher = report
        if !request.hasDescriptor, let descriptor { close(descriptor) }
        func send(_ reply: ReaderReply) throws(FrameChannel.Failure) {
            try channel.send(reply.encoded(consumedBytes: report.consumedBytes))
        }
        do throws(InterchangeError) {
            var reader: any SourceReader
            if let wanted = request.library {
                reader = library(wanted, RemotePages(channel: channel, name: request.name))
            } else if let entry = SourceFormat(rawValue: request.format).flatMap(entry) {
                reader = try entry.open(source, request.options)
            } else {
                throw InterchangeError(
                    code: .unknownFormat, operation: "read", path: request.name,
                    message: "there is no reader for \(request.format)", hint: "Check the format.")
            }
            do { try send(.opened(formatName: reader.formatName)) } catch { return }
            while let event = try reader.next() {
                var event = event
                if case .item(let item) = event, let excess = item.excess {
                    event = .rejected(item.place, reason: excess)
                }
                var frame = ReaderReply.event(event).encoded(consumedBytes: report.consumedBytes)
                if frame.count > ReaderLimits.maximumFrameBytes, case .item(let item) = event {
                    frame = ReaderReply.event(
                        .rejected(
                            item.place, reason: "it is longer than \(ReaderLimits.maximumFrameBytes) bytes")
                    ).encoded(consumedBytes: report.consumedBytes)
                }
                do { try channel.send(frame) } catch { return }
            }
        } catch {
            return try send(.failed(error))
        }
        try send(.finished)
    }
}

/// Says to the other process that this one is at work, where it reads for long without an item.
private final class SourceProgress: ByteSourceWatcher {
    private(set) var consumedBytes = 0
    private let channel: FrameChannel
    private var saidAt = MonotonicClock.milliseconds()

    init(_ channel: FrameChannel) { self.channel = channel }

    func willRead(_ descriptor: Int32) {
        while true {
            var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            // Regular files are always ready.
            if Glibc.poll(&poll, 1, ReaderLimits.heartbeatMilliseconds) != 0 { return }
            sayWorking()
        }
    }

    func didRead(_ count: Int) {
        consumedBytes += count
        let now = MonotonicClock.milliseconds()
        if now - saidAt >= UInt64(ReaderLimits.heartbeatMilliseconds) { sayWorking() }
    }

    func willLookInto(_ record: Int, at place: SourcePlace) {
        try? channel.send(ReaderReply.record(record, place).encoded(consumedBytes: consumedBytes))
    }

    private func sayWorking() {
        saidAt = MonotonicClock.milliseconds()
        // Where nobody listens, the next item cannot be sent either.
        try? channel.send(ReaderReply.working.encoded(consumedBytes: consumedBytes))
    }
}

extension SourceItem {
    /// What of the item is longer than it can be sent; nil if nothing is.
    fileprivate var excess: String? {
        let most = ReaderLimits.maximumTextBytes
        func isLong(_ text: String?) -> Bool { (text?.utf8.count ?? 0) > most }
        if isLong(foreignID) || isLong(producer) || isLong(modified) || isLong(relations.key)
            || isLong(relations.parent) || isLong(place.file)
        {
            return "its id is longer than \(most) bytes"
        }
        if tags.count > SourceLimits.maximumFields || tags.contains(where: isLong) {
            return "its tags are too long"
        }
        if kept.count > SourceLimits.maximumFields || kept.contains(where: isLong) {
            return "the names of its fields are too long"
        }
        let paths = relations.collections
        if paths.count > ReaderLimits.maximumCollections
            || paths.contains(where: { $0.count > ReaderLimits.maximumDepth || $0.contains(where: isLong) })
        {
            return "it is in too many collections"
        }
        switch relations.file {
        case .path(let path)? where isLong(path): return "the path of its file is too long"
        case .bytes(let bytes)? where bytes.count > SourceLimits.maximumFileBytes:
            return "its file is longer than \(SourceLimits.maximumFileBytes) bytes"
        default: return nil
        }
    }
}
