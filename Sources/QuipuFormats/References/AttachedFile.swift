internal import QuipuNaturalKeys

/// A file that a reference names: its path as the source wrote it, and what follows from it.
struct AttachedFile: Equatable {
    var path: String
    /// What the source calls it; nil for the last part of the path.
    var name: String?
    /// nil where neither the source nor the path's ending tells it.
    var mediaType: String?

    /// - Returns: nil for an address on the web, and for a text that is no path.
    init?(_ text: String, name: String? = nil, type: String? = nil) {
        var path = WhiteSpace.trimmed(text)
        guard !path.isEmpty, path.utf8.count <= 4_096, !path.utf8.contains(where: { $0 < 0x20 }) else {
            return nil
        }
        let lowered = path.prefix(16).lowercased()
        for scheme in ["http:", "https:", "ftp:", "doi:", "data:", "zotero:", "urn:"]
        where lowered.hasPrefix(scheme) {
            return nil
        }
        if lowered.hasPrefix("internal-pdf://") {
            // EndNote keeps these in a folder PDF of its library.
            path = "PDF/" + AttachedFile.percentDecoded(String(path.dropFirst("internal-pdf://".count)))
        } else if lowered.hasPrefix("file:") {
            path = String(path.dropFirst("file:".count))
            if path.hasPrefix("//") {
                path.removeFirst(2)
                if path.hasPrefix("localhost/") { path.removeFirst("localhost".count) }
            }
            path = AttachedFile.percentDecoded(path)
        }
        guard !path.isEmpty else { return nil }
        self.path = path
        let told = name.map(WhiteSpace.trimmed) ?? ""
        let last = path.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? path
        self.name = told.isEmpty ? last : told
        mediaType = AttachedFile.mediaType(type ?? "") ?? AttachedFile.mediaType(ending: path)
    }

    /// `application/pdf`, `PDF`, `pdf`.
    static func mediaType(_ type: String) -> String? {
        let lowered = WhiteSpace.trimmed(type).lowercased()
        if lowered.split(separator: "/", omittingEmptySubsequences: false).count == 2,
            lowered.utf8.count <= 128,
            lowered.utf8.allSatisfy({ ASCII.isAlphanumeric($0) || "/+-._".utf8.contains($0) })
        {
            return lowered
        }
        return byEnding[lowered]
    }

    private static func mediaType(ending path: String) -> String? {
        guard let dot = path.lastIndex(of: ".") else { return nil }
        return byEnding[path[path.index(after: dot)...].lowercased()]
    }

    private static let byEnding = [
        "pdf": "application/pdf", "html": "text/html", "htm": "text/html", "txt": "text/plain",
        "text": "text/plain",
        "epub": "application/epub+zip", "djvu": "image/vnd.djvu", "ps": "application/postscript",
        "postscript": "application/postscript", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg",
        "gif": "image/gif", "doc": "application/msword", "word": "application/msword",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "mobi": "application/x-mobipocket-ebook", "md": "text/markdown", "rtf": "application/rtf",
        "zip": "application/zip",
    ]

    static func percentDecoded(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var out: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let high = ASCII.hexadecimalDigit(bytes[index + 1]),
                let low = ASCII.hexadecimalDigit(bytes[index + 2])
            {
                out.append(high << 4 | low)
                index += 3
            } else {
                out.append(bytes[index])
                index += 1
            }
        }
        return String(validating: out, as: UTF8.self) ?? text
    }
}
