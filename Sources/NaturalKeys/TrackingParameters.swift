/// Query parameters that say where a reader came from, not what is read. Frozen with ``CanonicalURL``.
enum TrackingParameters {
    static let prefixes = ["utm_"]

    static let names: Set<String> = [
        "_ga", "_gl", "_hsenc", "_hsmi", "_openstat", "dclid", "epik", "fbclid", "gbraid", "gclid", "gclsrc",
        "hsctatracking", "igsh", "igshid", "li_fat_id", "mc_cid", "mc_eid", "mkt_tok", "msclkid",
        "oly_anon_id", "oly_enc_id", "rb_clickid", "s_cid", "srsltid", "ttclid", "twclid", "vero_id",
        "wbraid",
        "wickedid", "wt_zmc", "yclid",
    ]

    /// `name` as it stands in the query, percent-encoding normalised.
    static func contains(_ name: String) -> Bool {
        let name = String(decoding: name.utf8.map(ASCII.lowercased), as: UTF8.self)
        return names.contains(name) || prefixes.contains { name.hasPrefix($0) }
    }
}
