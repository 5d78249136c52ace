internal import QuipuCausality
internal import QuipuHTTPServer
internal import QuipuReplication
internal import QuipuStorage

/// `/v1/archives/{name}/blobs/{sha256}`: the content of an attachment, under its hash.
///
/// GET and HEAD serve it whole or in ranges. PUT uploads it, whole or in blocks (`Content-Range`, RFC 9110, section
/// 14.5); of an interrupted block, what arrived is kept. `Upload-Offset`, in every response to a HEAD or PUT of an
/// incomplete content, states how much is held; a block must not begin after that. So an interrupted client sends a
/// HEAD and continues there. The content is available when its last byte has arrived and the hash is right; a content
/// with a wrong hash is deleted.
struct BlobEndpoint {
    static let mediaType = "application/octet-stream"

    let name: String
    let hash: BlobHash
    let blobs: any BlobStore
    private let archive: any HostedArchive
    private let limits: RequestLimits
    let reportFault: FaultHandler

    init(
        of hash: BlobHash, archive name: String, in backend: any ArchiveBackend, limits: RequestLimits,
        reportFault: @escaping FaultHandler
    ) throws {
        guard let archive = try backend.archive(named: name) else { throw Problem.noSuchArchive(name) }
        guard let blobs = archive.blobs else { throw Problem.noBlobs }
        (self.name, self.hash, self.blobs) = (name, hash, blobs)
        (self.archive, self.limits) = (archive, limits)
        self.reportFault = reportFault
    }

    func answer(_ head: HTTPRequestHead) throws -> HTTPDisposition {
        if head.method == "PUT" { return try take(head) }
        guard let content = try blobs.content(of: hash) else {
            return .respond(Problem.noSuchBlob(heldBytes: try blobs.heldBytes(of: hash)).response)
        }
        return .respond(try ImmutableContent(content, hash: hash, place: place()).response(to: head))
    }

    /// The reservation for an upload's buffer; nil if there is no buffer.
    private func place() throws -> AdmissionControl.Place? {
        blobs.bufferBytes > 0 ? try limits.admission.admit(bytes: blobs.bufferBytes) : nil
    }

    private func take(_ head: HTTPRequestHead) throws -> HTTPDisposition {
        try head.requireContentType(Self.mediaType)
        let range = try UploadRange(head)
        if try blobs.sizeBytes(of: hash) != nil {
            // The body is not needed and dropped.
            return .respond(HTTPResponse(status: 204, headers: [("ETag", "\"\(hash.hexadecimal)\"")]))
        }
        let missing = range.totalBytes - min(range.totalBytes, try blobs.heldBytes(of: hash))
        try limits.requireRoom(
            sizeBytes: archive.sizeBytes() + Int(clamping: blobs.totalBytes()),
            addedBytes: Int(clamping: missing))
        let place = try place()
        let reception = try blobs.receive(hash, sizeBytes: range.totalBytes, from: range.offset)
        return .accept(BlobUploadHandler(reception, range: range, of: self, place: place))
    }
}

/// Receives a block.
final class BlobUploadHandler: HTTPRequestHandler {
    private let reception: any BlobReception
    private let range: UploadRange
    private let answers: BlobEndpoint
    private let place: AdmissionControl.Place?
    private var receivedBytes: UInt64 = 0

    /// - Parameter place: the reservation, held as long as the reception.
    init(
        _ reception: any BlobReception, range: UploadRange, of answers: BlobEndpoint,
        place: AdmissionControl.Place?
    ) {
        self.place = place
        self.reception = reception
        self.range = range
        self.answers = answers
    }

    func receive(_ bytes: UnsafeRawBufferPointer) throws {
        do {
            receivedBytes += UInt64(bytes.count)
            guard receivedBytes <= range.countBytes else { throw BlobRefusal.tooLong }
            try reception.append(bytes)
        } catch {
            throw HTTPErrorResponse(refusal(error).response)
        }
    }

    func finish() -> HTTPResponse {
        do {
            let remainingBytes = try reception.finish()
            if remainingBytes == 0 {
                return HTTPResponse(
                    status: 201, headers: [("ETag", "\"\(answers.hash.hexadecimal)\"")])
            }
            return HTTPResponse(
                status: 202, headers: [(Problem.uploadOffsetField, "\(range.totalBytes - remainingBytes)")])
        } catch {
            return refusal(error).response
        }
    }

    private func refusal(_ error: any Error) -> Problem {
        let problem = Problem(error)
        if problem.isFault {
            answers.reportFault("archive '\(answers.name)': \(StorageError.presentable(error))")
        }
        return problem
    }
}

extension ImmutableContent {
    /// A browser must not show it as a page of this server: its author may be anyone.
    ///
    /// - Parameter place: the reservation, held as long as the content is read.
    fileprivate init(_ content: any BlobContent, hash: BlobHash, place: AdmissionControl.Place?) {
        let file = content.descriptor.flatMap { OpenFile(duplicating: $0) }
        self.init(
            lengthBytes: content.sizeBytes, tag: hash.hexadecimal,
            headers: [
                ("Content-Type", BlobEndpoint.mediaType), ("Content-Disposition", "attachment"),
                ("X-Content-Type-Options", "nosniff"),
                ("Cache-Control", "private, max-age=31536000, immutable"),
            ]
        ) { range in
            if let file { return .file(file, range) }
            return .stream(lengthBytes: UInt64(range.count), next: Self.reading(content, range, place))
        }
    }

    private static func reading(
        _ content: any BlobContent, _ range: Range<UInt64>, _ place: AdmissionControl.Place?
    ) -> @Sendable (Int) throws -> [UInt8] {
        let cursor = Cursor(range.lowerBound, place)
        return { maximumBytes in
            let left = range.upperBound - cursor.offset
            let bytes = try content.read(at: cursor.offset, count: Int(min(UInt64(maximumBytes), left)))
            cursor.offset += UInt64(bytes.count)
            return bytes
        }
    }

    /// `@unchecked Sendable`: a body is read by one thread at a time.
    private final class Cursor: @unchecked Sendable {
        var offset: UInt64
        private let place: AdmissionControl.Place?

        init(_ offset: UInt64, _ place: AdmissionControl.Place?) {
            self.offset = offset
            self.place = place
        }
    }
}
