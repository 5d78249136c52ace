internal import Glibc
internal import QuipuCanonicalJSON

/// An export of Omnivore that was unpacked, as some browsers do: pages and highlights stand beside the metadata that names
/// them. The metadata is read together with its files, of some twenty pages, as if it were an archive.
enum OmnivoreFolder {
    private static let maximumBytes = 512 << 20

    struct Packed {
        let archive: ByteSource
        /// Of the pages that the metadata names.
        let slugs: [String]
        /// What stands beside it and cannot be read.
        var faults: [SourceEvent] = []
    }

    /// The metadata with what stands beside it; nil for any other file.
    static func packed(_ source: ByteSource) throws(InterchangeError) -> Packed? {
        let (folder, name) = parts(source.name)
        guard isMetadata(name),
            FileOpening.isFolder(folder + "/content") || FileOpening.isFolder(folder + "/highlights"),
            try foreignEntry(of: source, as: nil)?.format == .omnivore,
            let metadata = try source.readAll(maximumBytes: SourceLimits.maximumFileBytes)
        else { return nil }
        var packed: [UInt8] = []
        var faults: [SourceEvent] = []
        let slugs = try slugs(metadata, source.name)
        do {
            var archive = ZIPWriter { packed += $0 }
            try archive.add("metadata_0_to_0.json", metadata)
            for slug in slugs {
                for name in ["content/\(slug).html", "content/\(slug).pdf", "highlights/\(slug).md"] {
                    let path = folder + "/" + name
                    switch try content(of: path, maximumBytes: maximumBytes - packed.count) {
                    case nil: continue
                    case .success(let bytes)?: try archive.add(name, bytes)
                    case .failure(let rejection)?:
                        faults.append(rejection.event(at: SourcePlace(file: path, line: 1, byteOffset: 0)))
                    }
                }
            }
            try archive.finish()
        } catch let error as InterchangeError {
            throw error
        } catch { return nil }
        return Packed(archive: ByteSource(bytes: packed, name: source.name), slugs: slugs, faults: faults)
    }

    /// Nil where there is no such file.
    private static func content(
        of path: String, maximumBytes: Int
    ) throws(InterchangeError) -> Result<[UInt8], Rejection>? {
        guard access(path, F_OK) == 0 else { return nil }
        switch FileOpening.openRegular(path: path) {
        case .failure(let rejection): return .failure(rejection)
        case .success(let descriptor):
            let file = ByteSource(adopting: descriptor, name: path)
            guard let bytes = try file.readAll(maximumBytes: SourceLimits.maximumFileBytes) else {
                return .failure(
                    Rejection("it is longer than \(SourceLimits.maximumFileBytes) bytes, so it was left out"))
            }
            return bytes.count <= maximumBytes
                ? .success(bytes)
                : .failure(
                    Rejection(
                        "the pages of one file of metadata have more than \(Self.maximumBytes) bytes, "
                            + "so it was left out"))
        }
    }

    private static func slugs(_ metadata: [UInt8], _ name: String) throws(InterchangeError) -> [String] {
        var objects = try JSONObjectStream(ByteSource(bytes: metadata, name: name))
        var slugs: [String] = []
        while let piece = try objects.next() {
            // It becomes part of a path.
            if case .object(let value, _) = piece, let slug = value["slug"]?.string, slug.first != ".",
                !slug.utf8.contains(UInt8(ascii: "/")), !slug.utf8.contains(0)
            {
                slugs.append(slug)
            }
        }
        return slugs
    }

    /// Of a page or of highlights that come with the metadata in the folder around their own: what an export is called, and the page.
    static func part(_ path: String, _ folders: inout [String: Bool]) -> String? {
        let (folder, file) = parts(path)
        let (outer, name) = parts(folder)
        guard ["content", "highlights"].contains(name) else { return nil }
        let isExport = folders[outer] ?? holdsMetadata(outer)
        folders[outer] = isExport
        guard isExport else { return nil }
        return page(String(file.prefix(upTo: file.lastIndex(of: ".") ?? file.endIndex)), beside: outer)
    }

    /// The page with this slug, of the metadata in the file.
    static func page(_ slug: String, of metadata: String) -> String {
        page(slug, beside: parts(metadata).folder)
    }

    private static func page(_ slug: String, beside folder: String) -> String { folder + "/" + slug.nfc }

    private static func holdsMetadata(_ folder: String) -> Bool {
        guard let listing = opendir(folder) else { return false }
        defer { closedir(listing) }
        while let entry = readdir(listing) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if isMetadata(name) { return true }
        }
        return false
    }

    private static func isMetadata(_ name: String) -> Bool {
        name.hasPrefix("metadata_") && name.hasSuffix(".json")
    }

    private static func parts(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let folder = String(path[..<slash])
        return (folder.isEmpty ? "/" : folder, String(path[path.index(after: slash)...]))
    }
}
