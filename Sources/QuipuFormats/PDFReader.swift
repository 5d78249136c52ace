internal import Glibc

/// The text of a PDF, by the programs of Poppler where they are installed, in a process that can do no more than read it.
struct PDFReader: SourceReader {
    static let isInstalled =
        ConfinedProgram.path(of: "pdftotext") != nil && ConfinedProgram.path(of: "pdfinfo") != nil

    let formatName = "a PDF"
    private let name: String
    private let descriptor: Int32
    private let program: ReaderProgram
    private let keepsOriginal: Bool
    private var isFinished = false
    private var waiting: SourceEvent?
    /// Closes the descriptor when the last copy goes.
    private let owner: DescriptorOwner

    init(_ source: ByteSource, _ options: SourceOptions, _ program: ReaderProgram) throws(InterchangeError) {
        name = source.name
        self.program = program
        var rest = try source.handOver()
        keepsOriginal = options.keepsOriginals && rest.isWhole && rest.descriptor != nil
        if !rest.isWhole || rest.descriptor == nil {
            guard let bytes = try source.readAll(maximumBytes: 2 * SourceLimits.maximumFileBytes) else {
                throw InterchangeError(
                    code: .tooLarge, operation: "read", path: name, message: "it is too long for a stream",
                    hint: "Save it as a file, and import that.")
            }
            rest = try ByteSource.inMemory(bytes, name: name)
        }
        descriptor = fcntl(rest.descriptor ?? -1, F_DUPFD_CLOEXEC, 0)
        if rest.isOwned, let owned = rest.descriptor { close(owned) }
        owner = DescriptorOwner(descriptor)
        guard descriptor >= 0 else { throw FileOpening.failure("read", name, errno) }
    }

    mutating func next() throws(InterchangeError) -> SourceEvent? {
        if isFinished {
            defer { waiting = nil }
            return waiting
        }
        isFinished = true
        let place = SourcePlace(file: name, line: 1, byteOffset: 0)
        func output(_ program: String) throws(InterchangeError) -> String {
            lseek(descriptor, 0, SEEK_SET)
            let bytes = try ConfinedProgram(name: program).output(of: descriptor, named: name, self.program)
            return String(decoding: bytes, as: UTF8.self)
        }
        let text = try output("pdftotext")
        let metadata = PDFText.metadata(ofInfo: try output("pdfinfo"))
        let event = PDFText.event(text: text, metadata: metadata, place: place)
        if keepsOriginal, case .item = event, let file = name.split(separator: "/").last.map(String.init) {
            var relations = SourceRelations()
            relations.parent = "pdf"
            relations.file = .path(file)
            waiting = .item(
                SourceItem(
                    place: place, kind: "attachment",
                    fields: [("mediaType", Array("\"application/pdf\"".utf8))], relations: relations))
        }
        return event
    }
}

private final class DescriptorOwner {
    private let descriptor: Int32
    init(_ descriptor: Int32) { self.descriptor = descriptor }
    deinit { if descriptor >= 0 { close(descriptor) } }
}

extension FormatEntry {
    /// Recognised where the programs are installed; elsewhere it is refused with the way out.
    static let pdf = FormatEntry(
        .pdf, name: "a PDF (by pdftotext)",
        fields: [
            ("title", ["Title"]), ("author", ["Author"]), ("date", ["CreationDate"]),
            ("abstract", ["Subject"]),
            ("tags", ["Keywords"]), ("body", ["the text"]),
        ],
        isRecognised: { PDFReader.isInstalled && $0.raw.starts(with: "%PDF-".utf8) },
        open: { (source, _) throws(InterchangeError) in
            // Without processes of its own it cannot be read.
            throw ForeignFormat.pdf.refusal(of: source.name)
        })
}
