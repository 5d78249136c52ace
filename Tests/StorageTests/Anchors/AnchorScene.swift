import QuipuCanonicalJSON
import QuipuCausality
import QuipuStorage
import Support

/// Mirrors with an article, and an annotation of a passage in it.
struct AnchorScene {
    static let body =
        "The mill stood on the river since 1890. It employed forty workers and two clerks in the year of the fire. "
        + "Nobody knows who lit the lamp in the loft that night."
    /// The passage is nearly as it was.
    static let nearly =
        "The mill stood on the river since 1890. It employed fourty workers and two clercs in the year of the fire. "
        + "Nobody knows who lit the lamp in the loft that night."
    /// The passage is gone.
    static let other = "Another text, about wells and their depth, that says nothing of it."
    static let exact = #"{"method":"exact","score":1}"#

    static let article = RecordID(rawValue: 11)
    static let second = RecordID(rawValue: 12)
    static let remark = RecordID(rawValue: 90)

    let scene: MergedScene
    var group: Replicas { scene.group }

    init(_ mirrors: Int = 1) throws { scene = try MergedScene(mirrors) }

    static func hand(_ mirrors: Int = 1) throws -> AnchorScene {
        let scene = try AnchorScene(mirrors)
        try scene.write(body, to: article)
        try scene.annotate(article)
        if mirrors > 1 { try scene.group.syncAll() }
        return scene
    }

    func write(_ body: String, to id: RecordID = article, at mirror: Int = 0) throws {
        try group[mirror].asOneEntry("set body") { try scene.set(id, "body", body, at: mirror) }
    }

    func annotate(_ id: RecordID, at mirror: Int = 0) throws {
        let text = PassageText(Self.body)
        let selector = text.selector(for: text.occurrences(of: "forty workers and two clerks")[0])
        let fields = [
            ("target", canonicalString(id.text)), ("quote", selector.quoteJSON),
            ("position", selector.positionJSON), ("text", canonicalString("Sixty.")),
        ]
        group.world.advance(milliseconds: 1_000)
        try group[mirror].asOneEntry("annotate") {
            _ = try group[mirror].edit(
                [
                    Edit(
                        id: Self.remark, kind: "annotation",
                        changes: fields.map { .init(field: $0.0, json: $0.1) })
                ], author: "hand\(mirror)")
        }
    }

    /// What the annotation keeps of its passage.
    func anchor(at mirror: Int = 0) throws -> String? {
        try group[mirror].view(Self.remark, kind: "annotation")?["anchor"].map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    static func lost(in body: String) -> String {
        #"{"lostAt":"\#(ValueHash(of: canonicalString(body)).hexadecimal)"}"#
    }

    func isNear(at mirror: Int = 0) throws -> Bool {
        try anchor(at: mirror)?.hasPrefix(#"{"method":"fuzzy","score":0.9"#) == true
    }

    func undo(isRedo: Bool = false, at mirror: Int = 0) throws {
        let store = group[mirror]
        group.world.advance(milliseconds: 1_000)
        guard let entry = try store.log.lastOwnEntry(isUndo: isRedo) else { return }
        _ = try store.undo(entry, words: isRedo ? "redo" : "undo", author: "hand\(mirror)")
    }
}
