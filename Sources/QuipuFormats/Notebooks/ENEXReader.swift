internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// An export of Evernote (ENEX): a note each is an article, its resources are attachments.
struct ENEXReader: SourceReader {
    private let source: ByteSource
    private let stream: XMLItemStream
    private var number = 0
    private var clips: ENEXNote.Clips = [:]
    private var isFinished = false
    private var waiting: [SourceEvent] = []
    let formatName = "an Evernote export (ENEX)"

    init(_ source: ByteSource) throws(InterchangeError) {
        self.source = source
        stream = try XMLItemStream(source, items: ["note"], nests: false)
    }

    mutating func next() throws(InterchangeError) -> SourceEvent? {
        while waiting.isEmpty, !isFinished { try readNote() }
        return waiting.isEmpty ? nil : waiting.removeFirst()
    }

    private mutating func readNote() throws(InterchangeError) {
        let place = SourcePlace(file: source.name, line: 1, byteOffset: 0)
        guard let result = try stream.next() else {
            isFinished = true
            if number == 0, stream.outside.document.first("en-export") == nil {
                throw InterchangeError(
                    code: .wrongFormat, operation: "import", path: source.name,
                    message: "it is no export of Evernote",
                    hint: "Leave out the format to have it recognised.")
            }
            waiting = (stream.faults + [stream.remark].compactMap(\.self)).map { .remark(place, $0) }
            if let cut = stream.cut { waiting.insert(.rejected(place, reason: cut), at: 0) }
            return
        }
        number += 1
        guard source.admits(record: number, at: place) else { return }
        do throws(Rejection) {
            switch result {
            case .failure(let failure): throw failure.rejection
            case .success(let element):
                waiting = try ENEXNote(element, number: number).events(at: place, clips: &clips)
            }
        } catch {
            waiting = [.rejected(place, reason: "note \(number): \(error.reason)")]
        }
    }

    static func isRecognised(_ start: SourceStart) -> Bool {
        let content = start.content
        return content.first == UInt8(ascii: "<") && MarkupRoot(content)?.name == "en-export"
    }
}

extension FormatEntry {
    static let enex = FormatEntry(
        .enex, name: "an Evernote export (ENEX)",
        fields: [
            ("title", ["title"]), ("body", ["content"]), ("date", ["created"]), ("author", ["author"]),
            ("url", ["source-url"]), ("tags", ["tag"]), ("id", ["guid"]),
        ],
        isRecognised: ENEXReader.isRecognised,
        open: { (source, _) throws(InterchangeError) in try ENEXReader(source) })
}
