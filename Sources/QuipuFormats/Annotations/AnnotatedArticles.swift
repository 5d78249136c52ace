internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// The articles that a source of annotations is about: each is yielded once, before the first annotation that belongs to it.
///
/// Such sources tell the address of a page with every annotation, and little else. The archive finds the article by its
/// address, or makes one.
struct AnnotatedArticles {
    /// Addresses that are remembered; beyond that, all are yielded again, which changes nothing.
    private static let mostRemembered = 100_000

    private var known: Set<[UInt8]> = []

    /// The key that annotations of this address name as their `parent`.
    static func key(of address: String) -> String {
        let canonical = CanonicalURL.canonicalize(address) ?? address
        return "article:" + (canonical.utf8.count <= 4_096 ? canonical : address)
    }

    /// The article's item; nil where it was yielded before.
    ///
    /// - Parameters:
    ///   - members: what is known besides the address, named as in `FieldNames`.
    ///   - scope: whose documents have such addresses, where it is no address of the web: `urn:x-pdf:…` is then kept as the
    ///     source's id.
    ///   - identifier: the id among those of the scope, where it is not the address.
    mutating func item(
        at address: String, _ members: [JSONMember], scope: String, identifier: String? = nil,
        place: SourcePlace,
        collections: [[String]] = []
    ) throws(Rejection) -> SourceItem? {
        let key = Self.key(of: address)
        if known.contains(Array(key.utf8)) { return nil }
        var relations = SourceRelations()
        relations.key = key
        relations.collections = collections
        let isWeb = CanonicalURL.canonicalize(address) != nil
        let name = isWeb ? "url" : address.utf8.count <= 512 ? FieldNames.identifier : "x-uri"
        // What a service of annotations calls a page it has from the page's window: it stands in for a title, and replaces
        // none that comes from a better source.
        let title = members.first { $0.name == "title" }.flatMap { SourceValue.line($0.value)?.value.string }
        let item = try ArticleMapping.item(
            from: [JSONMember(name: name, value: .string(identifier ?? address))]
                + members.filter { $0.name != "title" },
            place: place, producer: isWeb ? nil : scope, relations: relations,
            titleFallback: { title ?? (isWeb ? nil : DerivedTitle.bounded(address)) })
        if known.count >= Self.mostRemembered { known = [] }
        known.insert(Array(key.utf8))
        return item
    }
}
