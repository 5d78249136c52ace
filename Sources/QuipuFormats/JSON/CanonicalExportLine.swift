internal import QuipuCanonicalJSON

/// The usual case of reading our own export back: the line is canonical JSON still, so that the values can be
/// taken as they stand, without parsing them.
enum CanonicalExportLine {
    private static let start = Array("{\"fields\":{".utf8)

    /// nil when the line is anything else, which says nothing against it.
    static func item(_ line: ArraySlice<UInt8>, place: SourcePlace) throws(Rejection) -> SourceItem? {
        guard line.starts(with: start) else { return nil }
        return try line.withUnsafeBufferPointer { (bytes) throws(Rejection) -> SourceItem? in
            guard isCanonicalJSON(bytes) else { return nil }
            var parts: [String: UnsafeRawBufferPointer] = [:]
            var members = JSONMembers(bytes)
            while let member = members.next() {
                guard member.nameRange.count <= SourceLimits.maximumFieldNameBytes else { return nil }
                parts[members.name(of: member)] = members.value(of: member)
            }
            guard parts.count == 4, let fields = parts["fields"],
                let id = parts["id"].flatMap({ decodeString($0) }),
                let kind = parts["kind"].flatMap({ decodeString($0) }),
                parts["quipu"]?.elementsEqual("\(LosslessRecord.version)".utf8) == true
            else { return nil }
            return try LosslessRecord.item(id: id, kind: kind, fields: self.fields(fields), place: place)
        }
    }

    private static func fields(_ object: UnsafeRawBufferPointer) -> [(name: String, value: [UInt8])] {
        var fields: [(name: String, value: [UInt8])] = []
        var members = JSONMembers(object)
        while let member = members.next() {
            fields.append((members.name(of: member), Array(members.value(of: member))))
        }
        return fields
    }
}
