internal import Quipu

extension AttachedFile {
    var members: [(String, JSONText)] { [("isHere", JSONText(isHere))] }

    /// `application/pdf, 3.4 MB, here`.
    var text: String {
        var parts: [String] = []
        if let type = mediaType { parts.append(TerminalSanitizer.line(type)) }
        if let size = sizeBytes { parts.append(SizeText.of(bytes: Int(clamping: size))) }
        parts.append(isHere ? "here" : "not here")
        return parts.joined(separator: ", ")
    }
}

/// How far a file is on its way.
enum BlobProgressText {
    static func of(_ bytes: UInt64, of total: UInt64?) -> String {
        let done = SizeText.of(bytes: Int(clamping: bytes))
        return total.map { "\(done) of \(SizeText.of(bytes: Int(clamping: $0)))" } ?? done
    }
}
