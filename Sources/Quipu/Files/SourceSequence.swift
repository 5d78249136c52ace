internal import QuipuFiles
internal import QuipuFormats

/// Sources that could not be opened: no items of them were refused, they have none.
final class UnopenedSources {
    static let mostKept = 1_000

    private(set) var errors: [QuipuError] = []
    private(set) var count = 0

    func note(_ error: InterchangeError) {
        count += 1
        if errors.count < Self.mostKept { errors.append(QuipuError(error)) }
    }
}

/// Several sources, one after the other. What keeps one from being read is reported, and costs the others nothing.
struct SourceSequence: SourceReader {
    let formatName: String
    private var paths: ArraySlice<String>
    private let format: SourceFormat?
    private let options: SourceOptions
    private let processes: ReaderProcesses
    private let unopened: UnopenedSources
    private var reader: (any SourceReader)?
    /// Of the sources that were read, and of the present one as a whole.
    private var readBytes = 0
    private var currentBytes = 0

    init(
        _ paths: [String], as format: SourceFormat?, _ options: SourceOptions, in processes: ReaderProcesses,
        noting unopened: UnopenedSources
    ) {
        formatName = "\(paths.count) files"
        self.paths = paths[...]
        self.format = format
        self.options = options
        self.processes = processes
        self.unopened = unopened
    }

    /// Nil where a folder or a pipe is among them.
    static func sizeBytes(of paths: [String]) -> Int? {
        var sum = 0
        for path in paths {
            guard let facts = FileFacts(path), facts.isRegular else { return nil }
            sum += Int(clamping: facts.sizeBytes)
        }
        return sum
    }

    var consumedBytes: Int? { readBytes + (reader?.consumedBytes ?? 0) }

    mutating func next() throws(InterchangeError) -> SourceEvent? {
        while true {
            if var reader {
                do throws(InterchangeError) {
                    let event = try reader.next()
                    self.reader = reader
                    if let event { return event }
                } catch {
                    end()
                    return Self.rejection(error)
                }
                end()
            }
            guard let path = paths.popFirst() else { return nil }
            currentBytes = FileFacts(path).map { $0.isRegular ? Int(clamping: $0.sizeBytes) : 0 } ?? 0
            do throws(InterchangeError) {
                reader = try openSource(at: path, as: format, options, in: processes)
            } catch {
                end()
                unopened.note(error)
            }
        }
    }

    private mutating func end() {
        reader = nil
        readBytes += currentBytes
        currentBytes = 0
    }

    private static func rejection(_ error: InterchangeError) -> SourceEvent {
        .rejected(
            SourcePlace(file: error.path, line: 1, byteOffset: 0), reason: "\(error.message). \(error.hint)")
    }
}
