internal import QuipuCanonicalJSON

/// One record as an export writes it, independent of any archive.
public struct ExportRecord: Sendable {
    /// A UUID.
    public let id: String
    public let kind: String
    /// Each value canonical JSON; distinct names, in any order.
    public let fields: [(name: String, value: [UInt8])]

    public init(id: String, kind: String, fields: [(name: String, value: [UInt8])]) {
        self.id = id
        self.kind = kind
        self.fields = fields
    }

    /// The fields in the order of canonical JSON, after checking that what is written can be read again.
    func checked() throws(InterchangeError) -> [(name: String, value: [UInt8])] {
        guard UUIDText.canonicalize(id) == id else { throw invalid("its id is not a lower-case UUID") }
        guard LosslessRecord.isKind(kind) else { throw invalid("its kind is empty, too long or not NFC") }
        let sorted = fields.sorted { precedesInUTF16($0.name, $1.name) }
        for (index, field) in sorted.enumerated() {
            guard LosslessRecord.isFieldName(field.name) else {
                throw invalid("the name of a field is empty, too long or not NFC")
            }
            if index > 0, sorted[index - 1].name.utf8.elementsEqual(field.name.utf8) {
                throw invalid("it has the field \(field.name) twice")
            }
            guard field.value.count <= SourceLimits.maximumValueBytes, isCanonicalJSON(field.value) else {
                throw invalid("the value of \(field.name) is too long or not canonical JSON")
            }
        }
        return sorted
    }

    private func invalid(_ message: String) -> InterchangeError {
        InterchangeError(
            code: .invalidRecord, operation: "export", path: id, message: message,
            hint: "Verify the archive to find out what is damaged.", remedy: InterchangeError.Remedy(.verify))
    }
}
