internal import QuipuCausality
internal import QuipuStorage

extension Problem {
    /// A header field: how many bytes of a content are held.
    static let uploadOffsetField = "Upload-Offset"

    static let noBlobs = Problem(
        status: 404, word: "no-attachments", title: "Attachments are not kept here",
        hint: "the records are; exchange the files with another mirror")

    static let malformedQuestion = Problem(
        status: 400, word: "malformed-question", title: "The list of hashes cannot be read",
        hint: "send a JSON object with 'hashes', a list of at most \(Limits.blobsPerQuestion) SHA-256 hashes "
            + "in lower-case hexadecimal digits")

    static func noSuchBlob(heldBytes: UInt64) -> Problem {
        var problem = Problem(
            status: 404, word: "no-such-blob",
            title: heldBytes == 0 ? "This content is not here" : "This content is incomplete here",
            hint: "a mirror that has it brings it with its next sync")
        problem.headers = [(Self.uploadOffsetField, "\(heldBytes)")]
        return problem
    }

    init(_ refusal: BlobRefusal) {
        switch refusal {
        case .gap(let heldBytes):
            self.init(
                status: 409, word: "upload-offset", title: "The block begins after the bytes that are here",
                hint: "continue at the byte that \(Self.uploadOffsetField) gives")
            headers = [(Self.uploadOffsetField, "\(heldBytes)")]
        case .tooLarge(let limitBytes):
            self.init(
                status: 413, word: "blob-too-large",
                title: "An attachment may have at most \(limitBytes) bytes here",
                hint: "everything else is exchanged; keep this file elsewhere, or ask the server's operator")
        case .wrongContent:
            self.init(
                status: 422, word: "wrong-content", title: "The content does not match its hash",
                hint: "none of it was kept; send it again from the beginning")
        case .tooLong:
            self.init(
                status: 400, word: "malformed-range", title: "The body is longer than announced",
                hint: "send the content as it is, with its own length")
        case .superseded:
            self.init(
                status: 409, word: "upload-superseded", title: "Another client has taken over this upload",
                hint: "what arrived is kept; ask with HEAD how much is here, and continue there")
        }
    }
}
