internal import Glibc
internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuHTTPServer
internal import QuipuHosting
internal import QuipuStorage

/// Files that come in and go out.
extension InterfaceRequest {
    private static let fileNameBytes = 255
    private static let collectionBytes = 512

    // MARK: in

    func importFile() throws -> HTTPResponse {
        let parameters = try parameters("filename", "collection", "preview", "again", "restore")
        var options = ImportOptions()
        options.collection = try parameters.text("collection", maximumBytes: Self.collectionBytes)
        options.takesOldStates = try parameters.flag("again")
        options.restoresDeleted = try parameters.flag("restore")
        let isPreview = try parameters.flag("preview")
        let name = try fileName(parameters, or: "file")
        let folder = try TemporaryUpload(body, named: name)
        return try folder.hidingItself {
            let source = try ImportSource(path: folder.path)
            if isPreview {
                let preview = try archive.preview(source, options)
                return Self.json(
                    ImportForm.json(
                        preview.report, of: folder, format: preview.format,
                        tellsEffects: preview.tellsEffects, items: preview.firstItems, isPreview: true,
                        entry: nil))
            }
            // The format is told by a preview alone, which reads the file a second time.
            let format = try ImportSource(path: folder.path).preview().format
            let before = try archive.position()
            let report = try archive.importItems(of: source, options)
            let entry = try archive.read { snapshot in
                let version = try archive.changes(behind: before, limit: 1).first?.version
                return try version.map { try snapshot.entry(of: $0).version.description }
            }
            return Self.json(
                ImportForm.json(
                    report, of: folder, format: format, tellsEffects: true, items: [], isPreview: false,
                    entry: entry))
        }
    }

    private func fileName(_ parameters: QueryParameters, or usual: String) throws -> String {
        let name = try parameters.text("filename", maximumBytes: Self.fileNameBytes) ?? usual
        guard !name.contains("/"), !name.utf8.contains(0), name != ".", name != "..",
            !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else { throw Self.badParameter("'filename' is no file's name without its folder") }
        return name
    }

    func attach(to text: String) throws -> HTTPResponse {
        let parameters = try parameters("filename")
        guard parameters["filename"] != nil else { throw Self.badParameter("'filename' is missing") }
        let name = try fileName(parameters, or: "")
        let target = try archive.read { try $0.find(text).id }
        let file = try TemporaryUpload(body, named: "file")
        var request = AttachRequest(file.path)
        request.name = name
        request.mediaType = MediaType.of(fileName: name)
        let reports = try file.hidingItself { try archive.attach(request, to: [target], progress: { _ in }) }
        guard let report = reports.first else {
            throw QuipuError(.unknownRecord, "there is no record \(target)")
        }
        return try answer(with: report.attachment, status: report.version == nil ? 200 : 201)
    }

    // MARK: out

    func export() throws -> HTTPResponse {
        let given = try parameters("q", "format", "spreadsheet")
        let query = given["q"].flatMap { $0.isEmpty ? nil : $0 }
        let spreadsheet = given["spreadsheet"] ?? "false"
        guard ["true", "false"].contains(spreadsheet) else {
            throw Self.badParameter("'spreadsheet' is neither true nor false")
        }
        guard let format = ExportFormat(rawValue: given["format"] ?? ExportFormat.jsonLines.rawValue) else {
            throw Self.badParameter(
                "'format' is none of \(ExportFormat.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        guard spreadsheet == "false" || format == .csv else {
            throw Self.badParameter("'spreadsheet' is for the format csv")
        }
        guard query?.utf8.count ?? 0 <= Self.queryBytes else {
            throw Self.badParameter("'q' has more than \(Self.queryBytes) bytes")
        }
        let file = try TemporaryUpload([], named: "export.jsonl")
        try file.hidingItself {
            let output = try OutputPath(file.path)
            _ = try archive.export(as: format, matching: query, forSpreadsheets: spreadsheet == "true") {
                try output.write($0)
            }
            try output.finish()
        }
        guard let open = OpenFile(path: file.path) else {
            throw QuipuError(.inputOutput, "the export cannot be read")
        }
        // The file is gone, and its content stays as long as it is open.
        return HTTPResponse(
            status: 200,
            headers: [
                ("Content-Type", Self.type(of: format)),
                (
                    "Content-Disposition",
                    Self.disposition("\(archive.name).\(Self.ending(of: format))", isShown: false)
                ),
            ], body: .file(open, 0..<open.sizeBytes))
    }

    private static func type(of format: ExportFormat) -> String {
        switch format {
        case .jsonLines: linesType
        case .w3c: "application/ld+json"
        case .csl: "application/vnd.citationstyles.csl+json"
        case .ris: "application/x-research-info-systems"
        case .biblatex: "application/x-bibtex"
        case .csv: "text/csv; charset=utf-8"
        case .epub: "application/epub+zip"
        }
    }

    private static func ending(of format: ExportFormat) -> String {
        switch format {
        case .w3c, .csl: "json"
        case .biblatex: "bib"
        default: format.rawValue
        }
    }

    func makeTicket() throws -> HTTPResponse {
        _ = try parameters()
        let members = try object(members: ["attachment"])
        guard let id = members.first?.value.string, id.utf8.count <= 1_024 else {
            throw Self.unsuitable("'attachment' is no id")
        }
        let (record, hash) = try content(of: id)
        let ticket = question.tickets.ticket(for: hash, of: question.name)
        return Self.json(
            [
                "url": JSONText("\(root)/attachments/\(record.id.uuid)/content?ticket=\(ticket)"),
                "expiresInSeconds": JSONText(TicketOffice.lifetimeSeconds),
            ], status: 201)
    }

    private func content(of id: String) throws -> (Record, BlobHash) {
        let record = try archive.read { try $0.find(id) }
        guard let attachment = Attachment(record.stored) else {
            throw QuipuError(.unknownRecord, "'\(id.prefix(64))' is no attachment")
        }
        guard let hash = attachment.hash, !record.isDeleted else {
            throw QuipuError(.textMissing, "attachment \(record.id.handle) has no file")
        }
        return (record, hash)
    }

    func sendContent(of id: String) throws -> HTTPResponse {
        let parameters = try parameters("ticket", "download")
        let isDownload = try parameters.flag("download")
        let (record, hash) = try content(of: id)
        if let ticketed = question.ticketContent, ticketed != hash {
            throw Problem(
                status: 403, word: "bad-ticket", title: "The address was made for another content",
                hint: "ask for a new address")
        }
        guard let blobs = question.archive.blobs, let content = try blobs.content(of: hash) else {
            throw QuipuError(
                .textMissing, "the file of attachment \(record.id.handle) is not here",
                hint: "sync with a mirror that has it")
        }
        let given = record.fields.string("mediaType") ?? ""
        let isShown = !isDownload && ShownMedia.isShown(given)
        let name = record.fields.name ?? "file"
        var headers = [
            ("Content-Type", isShown ? given : "application/octet-stream"),
            ("Content-Disposition", Self.disposition(name, isShown: isShown)),
        ]
        if given == "application/pdf" {
            // Browsers show PDF by a script of their own, which a sandbox stops.
            headers.append(
                ("Content-Security-Policy", "default-src 'none'; object-src 'self'; frame-ancestors 'none'"))
        }
        return try ImmutableContent(
            lengthBytes: content.sizeBytes, tag: hash.hexadecimal, headers: headers
        ) { range in
            if let file = content.descriptor.flatMap({ OpenFile(duplicating: $0) }) {
                return .file(file, range)
            }
            let bytes = try content.read(at: range.lowerBound, count: Int(range.count))
            return .bytes(bytes)
        }.response(to: head)
    }

    /// RFC 6266; the name is anyone's, so only its plain form and its encoded form are used.
    static func disposition(_ name: String, isShown: Bool) -> String {
        let last = name.split(separator: "/").last.map(String.init) ?? "file"
        let plain = String(
            last.unicodeScalars.map { scalar in
                let isPlain =
                    scalar.isASCII && scalar.value >= 32 && scalar.value < 127
                    && !"\"\\%;".unicodeScalars.contains(scalar)
                return isPlain ? Character(scalar) : "_"
            })
        return (isShown ? "inline" : "attachment") + "; filename=\"\(plain)\"; filename*=UTF-8''"
            + PercentEncoding.encoded(last)
    }
}

/// What a browser may show without running it. Everything else is saved.
enum ShownMedia {
    private static let types: Set<String> = [
        "image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "application/pdf", "text/plain",
        "audio/mpeg", "audio/ogg", "audio/wav", "audio/flac", "audio/mp4", "audio/webm", "audio/aac",
        "video/mp4", "video/webm", "video/ogg",
    ]

    static func isShown(_ type: String) -> Bool { types.contains(type) }
}

/// A file with what a request has brought, in a folder that only this user can read; removed with the object.
final class TemporaryUpload {
    let path: String
    private let folder: String

    init(_ bytes: [UInt8], named name: String) throws {
        let place = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(place)/quipu-upload-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw QuipuError(
                .diskFull, "the server has no room for the file: \(String(cString: strerror(errno)))",
                hint: "set TMPDIR of the server to a folder that can be written")
        }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        path = folder + "/" + name
        if !bytes.isEmpty {
            let output = try OutputPath(path)
            try output.write(bytes)
            try output.finish()
        } else {
            close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600))
        }
    }

    /// A text without the folder, which is nobody's business: the file is called as it was sent.
    func told(_ text: String) -> String { text.replacing(folder + "/", with: "") }

    /// Passes errors on without the folder.
    func hidingItself<Result>(_ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let error as QuipuError {
            throw QuipuError(
                error.code, told(error.message), isPassing: error.isPassing, hint: error.hint.map(told),
                remedy: error.remedy.map { .init(word: $0.word, subject: told($0.subject)) },
                origin: error.origin)
        }
    }

    deinit {
        unlink(path)
        rmdir(folder)
    }
}
