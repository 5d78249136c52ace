internal import Glibc
internal import QuipuCanonicalJSON

/// An export of Omnivore that was unpacked, as some browsers do: pages and highlights stand beside the metadata that names
/// them. The metadata is read together with its files, of some twenty pages, as if it were an archive.
enum OmnivoreFolder {
    private static let maximumBytes = 512 << 20
    /// What Omnivore writes into one file of metadata.
    private static let pagesInMetadata = 20

    /// The metadata with what stands beside it; nil for any other file.
    static func packed(_ source: ByteSource) throws(InterchangeError) -> ByteSource? {
        let (folder, name) = parts(source.name)
        guard name.hasPrefix("metadata_"), name.hasSuffix(".json"),
            FileOpening.isFolder(folder + "/content") || FileOpening.isFolder(folder + "/highlights"),
            try foreignEntry(of: source, as: nil)?.format == .omnivore,
            let metadata = try source.readAll(maximumBytes: SourceLimits.maximumFileBytes)
        else { return nil }
        var packed: [UInt8] = []
        do {
            var archive = ZIPWriter { packed += $0 }
            try archive.add("metadata_0_to_0.json", metadata)
            for slug in try slugs(metadata, source.name) {
                for name in ["content/\(slug).html", "content/\(slug).pdf", "highlights/\(slug).md"] {
                    guard case .success(let descriptor) = FileOpening.openRegular(path: folder + "/" + name)
                    else {
                        continue
                    }
                    let file = ByteSource(adopting: descriptor, name: name)
                    if let bytes = try file.readAll(maximumBytes: SourceLimits.maximumFileBytes),
                        packed.count + bytes.count <= maximumBytes
                    {
                        try archive.add(name, bytes)
                    }
                }
            }
            try archive.finish()
        } catch let error as InterchangeError {
            throw error
        } catch { return nil }
        return ByteSource(bytes: packed, name: source.name)
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

    /// Whether a file comes with the metadata of its export, which stands in the folder around its own.
    static func isPart(_ path: String) -> Bool {
        let (folder, _) = parts(path)
        let (outer, name) = parts(folder)
        guard ["content", "highlights"].contains(name) else { return false }
        return (1...pagesInMetadata).contains {
            access("\(outer)/metadata_0_to_\($0).json", F_OK) == 0
        }
    }

    private static func parts(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let folder = String(path[..<slash])
        return (folder.isEmpty ? "/" : folder, String(path[path.index(after: slash)...]))
    }
}
