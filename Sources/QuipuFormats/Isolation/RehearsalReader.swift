internal import CQuipuLinux
internal import Glibc
internal import QuipuCanonicalJSON

/// A reader that does as its source says, also what no reader should: by it tests see that such a one costs its source and
/// nothing else. It is there only where a test's environment asks for it.
struct RehearsalReader: SourceReader {
    static let variable = "QUIPU_REHEARSE_READER_FAULTS"
    /// The variable says how many seconds a reader may take that makes no progress.
    static let seconds = getenv(variable).flatMap { Int(String(cString: $0)) }.map { max(1, $0) }
    static let isEnabled = seconds != nil
    private static let mark = "quipu rehearsal\n"

    let formatName = "a rehearsal"
    private var lines: LineReader
    private let name: String
    private var waste: [[UInt8]] = []
    private let source: ByteSource
    /// From a line `records` on each line is a record that can be passed over.
    private var records: Int?

    init(_ source: ByteSource) {
        self.source = source
        name = source.name
        lines = LineReader(source, ends: .lineFeeds, byteOffset: 0)
    }

    static let entry = FormatEntry(
        .text, name: "a rehearsal", fields: [],
        isRecognised: { $0.bytes.starts(with: mark.utf8) },
        open: { (source, _) throws(InterchangeError) in RehearsalReader(source) })

    mutating func next() throws(InterchangeError) -> SourceEvent? {
        while let line = try lines.next() {
            let place = SourcePlace(file: name, line: line.number, byteOffset: line.byteOffset)
            let words = String(decoding: lines.buffer[line.range], as: UTF8.self)
                .split(separator: " ", maxSplits: 1).map(String.init)
            let rest = words.count > 1 ? words[1] : ""
            if let number = records {
                records = number + 1
                guard source.admits(record: number + 1, at: place) else { continue }
            }
            switch words.first {
            case "item": return .item(item(rest, place))
            case "records": records = 0
            case "crash": raise(SIGSEGV)
            case "sleep": while true { sleep(1_000) }
            case "spin": while true { waste.removeAll() }
            case "allocate": while true { waste.append([UInt8](repeating: 1, count: 64 << 20)) }
            case "flood":
                // Longer than a frame may be.
                let bytes = [UInt8](repeating: 0xff, count: 1 << 20)
                while write(ReaderProcess.channelDescriptor, bytes, bytes.count) > 0 {}
            case "try": return .remark(place, "\(rest): \(attempt(rest))")
            default: continue
            }
        }
        return nil
    }

    private func item(_ title: String, _ place: SourcePlace) -> SourceItem {
        SourceItem(
            place: place, fields: [("title", JSONValue.string(title).canonicalBytes())], foreignID: title,
            producer: "rehearsal")
    }

    /// Does what a reader must not, and says how that went.
    private func attempt(_ what: String) -> String {
        errno = 0
        let words = what.split(separator: " ").map(String.init)
        switch words.first {
        case "write": _ = open(words.last ?? "", O_WRONLY | O_CREAT, 0o666)
        case "read": _ = open(words.last ?? "", O_RDONLY)
        case "connect": _ = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        case "start":
            var process = pid_t()
            var arguments: [UnsafeMutablePointer<CChar>?] = [nil]
            return posix_spawn(&process, "/bin/true", nil, nil, &arguments, nil) == 0 ? "done" : "refused"
        case "signal": _ = kill(getppid(), 0)
        case "lift": quipu_limit(Int32(RLIMIT_CPU.rawValue), .max, .max)
        default: return "unknown"
        }
        return errno == 0 ? "done" : "refused"
    }
}
