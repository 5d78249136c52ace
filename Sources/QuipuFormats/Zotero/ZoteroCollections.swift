internal import QuipuCanonicalJSON

/// Zotero's collections as paths of names.
enum ZoteroCollections {
    /// Deeper ones are cut, and a circle ends.
    private static let maximumDepth = 64

    /// Of Better BibTeX: `{KEY: {name, parent, items: [number or key]}}`.
    /// - Returns: the paths of each item, by its key, or by `#` and its number.
    static func ofItems(_ collections: JSONValue) -> [String: [[String]]] {
        var names: [String: (name: String, parent: String?)] = [:]
        for member in collections.members ?? [] {
            names[member.name] = (member.value["name"]?.string ?? member.name, member.value["parent"]?.string)
        }
        var paths: [String: [[String]]] = [:]
        for member in collections.members ?? [] {
            let path = path(of: member.name, names)
            for item in member.value["items"]?.array ?? [] {
                guard let id = item.string ?? item.integer.map({ "#\($0)" }) else { continue }
                paths[id, default: []].append(path)
            }
        }
        return paths
    }

    /// Of the API: `{key, data: {name, parentCollection}}`, by key.
    static func paths(_ collections: [JSONValue]) -> [String: [String]] {
        var names: [String: (name: String, parent: String?)] = [:]
        for collection in collections {
            let data = collection["data"] ?? collection
            guard let key = (data["key"] ?? collection["key"])?.string else { continue }
            names[key] = (data["name"]?.string ?? key, data["parentCollection"]?.string)
        }
        var paths: [String: [String]] = [:]
        for key in names.keys { paths[key] = path(of: key, names) }
        return paths
    }

    static func path(of key: String, _ names: [String: (name: String, parent: String?)]) -> [String] {
        var path: [String] = []
        var seen: Set<String> = []
        var next: String? = key
        while let key = next, path.count < maximumDepth, seen.insert(key).inserted, let collection = names[key] {
            path.insert(NameParts.collapsed(collection.name), at: 0)
            next = collection.parent
        }
        return path
    }
}
