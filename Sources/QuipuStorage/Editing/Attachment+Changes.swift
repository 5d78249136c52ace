internal import QuipuCanonicalJSON
public import QuipuCausality

extension Attachment {
    /// The fields that say of a content what it is.
    public static func changes(
        name: String, mediaType: String, hash: BlobHash, sizeBytes: UInt64, target: RecordID
    ) -> [Edit.Change] {
        [
            Edit.Change(field: "target", json: canonicalString(target.text)),
            Edit.Change(field: "name", json: canonicalString(name)),
            Edit.Change(field: hashField, json: canonicalString(hash.hexadecimal)),
            Edit.Change(field: "sizeBytes", json: Array("\(sizeBytes)".utf8)),
            Edit.Change(field: "mediaType", json: canonicalString(mediaType)),
        ]
    }
}
