/// The pages among the records of one WARC file, and a line about those that are none.
struct CaptureReader {
    private let file: String
    /// Which captures are pages; nil where all HTML is.
    private(set) var list: PageList?
    private let options: SourceOptions
    private let countsLeftOut: Bool
    /// Of a file of its own, whose records can be passed over.
    private let source: ByteSource?
    private let expanded: GzipStream?
    private let base: any ByteStream
    private var records: WARCRecords
    /// Names the file in messages, where it stands in an archive.
    private let entry: String?
    private var counts: [Int]
    /// Of the source before this stream, and of this stream.
    private let recordsBefore: Int
    private(set) var recordsRead = 0
    private var isFinished = false
    private var waiting: [SourceEvent] = []
    /// Which of the listed pages were found.
    private(set) var found: Set<String> = []
    private(set) var pages = 0

    private static let gzipMagic: [UInt8] = [0x1F, 0x8B]

    /// - Parameters:
    ///   - source: whose records can be passed over: those that were read by a process that is no more.
    ///   - recordsBefore: of the source, before this stream.
    init(
        _ stream: any ByteStream, isCompressed: Bool, file: String, entry: String? = nil, list: PageList?,
        _ options: SourceOptions, countsLeftOut: Bool = true, source: ByteSource? = nil,
        recordsBefore: Int = 0
    ) throws(InterchangeError) {
        self.source = source
        self.recordsBefore = recordsBefore
        self.file = file
        self.entry = entry
        self.list = list
        self.options = options
        self.countsLeftOut = countsLeftOut
        base = stream
        counts = Capture.Reason.allCases.map { _ in 0 }
        if isCompressed {
            let gzip = GzipStream(stream, try ZlibLibrary.required(for: file))
            expanded = gzip
            records = WARCRecords(gzip)
        } else {
            expanded = nil
            records = WARCRecords(stream)
        }
    }

    mutating func next() throws(InterchangeError) -> SourceEvent? {
        while true {
            if !waiting.isEmpty { return waiting.removeFirst() }
            if isFinished { return nil }
            let piece = try records.next()
            let isKnown = recordsBefore + recordsRead + 1 < source?.firstRecord ?? 1
            for fault in expanded?.takeFaults() ?? [] where !isKnown {
                waiting.append(.rejected(place(fault.fileOffset), reason: inEntry(fault.reason)))
            }
            switch piece {
            case nil: finish()
            case .passedOver where isKnown: continue
            case .passedOver(let bytes, let offset):
                waiting.append(
                    .rejected(
                        place(offset),
                        reason: inEntry("\(bytes) bytes that belong to no record were passed over")))
            case .record(let record):
                recordsRead += 1
                let isAdmitted =
                    source?.admits(record: recordsBefore + recordsRead, at: place(record.fileOffset)) ?? true
                if isAdmitted { add(record) } else { pass(record) }
            }
        }
    }

    private mutating func add(_ record: WARCRecord) {
        let place = place(record.fileOffset)
        defer {
            if let fault = record.fault {
                let words = inEntry("\(record.label): \(fault)")
                // A record whose end was found all the same came whole.
                waiting.append(record.isCut ? .rejected(place, reason: words) : .remark(place, words))
            }
        }
        let list = list
        let capture = record.capture(isListed: list.map { list in { list.contains($0) } })
        switch capture {
        case nil: return
        case .left(let reason, let address, let target):
            counts[reason.rawValue] += 1
            if let address, let target { self.list?.add(target, as: address) }
        case .refused(let reason):
            waiting.append(.rejected(place, reason: inEntry("\(record.label): \(reason)")))
        case .page(var page), .text(var page):
            if let listed = list?.page(page.address) { page.title = listed.title }
            do throws(Rejection) {
                if case .text = capture {
                    waiting.append(.item(try page.textItem(at: place)))
                } else {
                    waiting += try page.events(at: place, keepsOriginal: options.keepsOriginals)
                }
                found.insert(list?.keyOfListed(page.address) ?? page.key)
                pages += 1
                if let fault = page.fault, record.fault == nil {
                    waiting.append(.remark(place, inEntry("\(record.label): \(fault)")))
                }
            } catch {
                waiting.append(.rejected(place, reason: inEntry("\(record.label): \(error.reason)")))
            }
        }
    }

    /// What the list of pages learns of a record that was read before: its content is not looked into again.
    private mutating func pass(_ record: WARCRecord) {
        guard let list, let address = record.address else { return }
        switch record.location {
        case .elsewhere(let place): self.list?.add(place, as: address)
        case .here: if let key = list.keyOfListed(address) { found.insert(key) }
        case nil: return
        }
    }

    private mutating func finish() {
        isFinished = true
        // Said by the process before.
        if recordsBefore + recordsRead + 1 < source?.firstRecord ?? 1 { return }
        if let fault = records.stream.fault {
            waiting.append(
                .rejected(place(base.fileOffset), reason: inEntry("\(fault), so the rest could not be read")))
        }
        let left = Capture.Reason.allCases.filter { counts[$0.rawValue] > 0 }
        if !left.isEmpty, countsLeftOut {
            let words = left.map { $0.words(counts[$0.rawValue]) }.joined(separator: ", ")
            let all = recordsRead == 1 ? "its one record" : "its \(recordsRead) records"
            waiting.append(
                .remark(place(0), inEntry("of \(all) those that are pages became articles; \(words)")))
        }
        if recordsRead == 0 {
            waiting.append(.rejected(place(0), reason: inEntry("it holds no record of a web archive")))
        }
    }

    private func place(_ offset: Int) -> SourcePlace { SourcePlace(file: file, line: 1, byteOffset: offset) }

    private func inEntry(_ text: String) -> String { entry.map { "\($0): \(text)" } ?? text }
}
