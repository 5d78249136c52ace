/// Query parameters that say where a reader came from, not what is read. Frozen with ``CanonicalURL``.
///
/// Only names that hardly any site gives another meaning are dropped everywhere: two pages must not become one. Those
/// that mean something elsewhere are dropped at the sites that are known to use them so.
enum TrackingParameters {
    static let prefixes = [
        "utm_", "mtm_", "matomo_", "piwik_", "itm_", "otm_", "hmb_", "hsa_", "bsft_", "at_bbc_", "at_custom",
        "at_link_",
        "at_ptr_", "wt_mc", "wt_zmc", "wt.mc_", "__cft__", "__xts__",
    ]

    static let names: Set<String> = [
        // Searches, advertisements and their clicks.
        "_ga", "_gl", "_openstat", "dclid", "ef_id", "epik", "gad_campaignid", "gad_source", "gbraid",
        "gclid", "gclsrc",
        "gs_l", "irclickid", "irgwc", "li_fat_id", "msclkid", "obclid", "dicbo", "rb_clickid", "s_kwcid",
        "srsltid",
        "tblci", "ttclid", "twclid", "unicorn_click_id", "vgo_ee", "wbraid", "yclid", "ymclid", "ysclid",
        // What social networks and sharing add.
        "__tn__", "__twitter_impression", "_branch_match_id", "_branch_referrer", "action_object_map",
        "action_ref_map",
        "action_type_map", "authuser", "fb_action_ids", "fb_action_types", "fb_comment_id", "fb_ref",
        "fb_source",
        "fbclid", "fref", "igsh", "igshid", "mibextid", "smid", "smtyp", "sr_share",
        // Where a link stood.
        "guce_referrer", "guce_referrer_sig", "guccounter", "ncid", "ocid", "icid", "intcmp", "int_cmp",
        "intcid", "cmpid",
        "ref_src", "ref_url", "referer", "referrer", "refsrc", "traffic_source", "trk", "trkcampaign",
        "ftag",
        "maca", "spm", "echobox", "xtor", "unlocked_article_code",
        // Campaigns.
        "at_campaign", "at_campaign_type", "at_creation", "at_detail_placement", "at_emailtype", "at_format",
        "at_general_placement", "at_medium", "at_network", "at_point_of_origin", "at_recipient_id",
        "at_recipient_list",
        "at_term", "at_variant", "cm_cat", "cm_ite", "cm_lm", "cm_mmc", "cm_pla", "cm_ven", "ga_campaign",
        "ga_content",
        "ga_medium", "ga_place", "ga_source", "ga_term", "ns_campaign", "ns_fee", "ns_linkname",
        "ns_mchannel",
        "ns_source", "pk_campaign", "pk_cid", "pk_content", "pk_keyword", "pk_kwd", "pk_medium",
        "pk_placement",
        "pk_source", "s_cid", "sc_campaign", "sc_channel", "sc_cid", "sc_content", "sc_country", "sc_geo",
        "sc_medium",
        "sc_outcome", "wt.srch", "wt.tsrc", "wtrid",
        // Letters to subscribers.
        "__hsfp", "__hssc", "__hstc", "__s", "_bhlid", "_hsenc", "_hsmi", "_kx", "bbeml", "ck_subscriber_id",
        "cndid",
        "dm_i", "elq", "elqaid", "elqat", "elqcampaignid", "elqtrack", "elqtrackid", "emc", "et_cid",
        "et_rid",
        "hsctatracking", "inf_contact_key", "mbid", "mc_cid", "mc_eid", "mc_tc", "mkt_tok", "ml_subscriber",
        "ml_subscriber_hash", "nr_email_referer", "oly_anon_id", "oly_enc_id", "sc_customer", "sc_eh",
        "sc_uid",
        "sfmc_id", "sfmc_sub", "spjobid", "spmailingid", "spreportid", "spuserid", "ss_email_id", "vero_conv",
        "vero_id",
        "wickedid",
    ]

    /// What `ref` says where it tells how a reader came; elsewhere it is the number of a case or of an article.
    static let referrers: Set<String> = [
        "bluesky", "bookmark", "bookmarks", "email", "facebook", "fb", "feed", "feedly", "flipboard",
        "footer",
        "google", "hackernews", "header", "hn", "home", "homepage", "instagram", "linkedin", "mail",
        "mastodon",
        "menu", "navbar", "newsletter", "newsletters", "pocket", "producthunt", "reddit", "related", "rss",
        "share", "sharing", "sidebar", "social", "substack", "telegram", "threads", "tw", "twitter",
        "whatsapp",
        "youtube",
    ]

    /// At a host, and at those below it.
    static let namesByHost: [String: Set<String>] = [
        "aljazeera.com": ["traffic", "xif"],
        "bloomberg.com": ["sref"],
        "economist.com": ["fsrc"],
        "ft.com": ["ftcamp", "segmentid", "sharetype", "accesstoken"],
        "linkedin.com": ["lipi", "midsig", "midtoken", "rcm", "trackingid", "trkemail"],
        "medium.com": ["source"],
        "nytimes.com": [
            "campaign_id", "instance_id", "nl", "partner", "regi_id", "rref", "segment_id", "te", "user_id",
        ],
        "open.spotify.com": ["si"],
        "reuters.com": ["feedname", "feedtype", "rpc"],
        "theguardian.com": ["cmp"],
        "twitter.com": ["cn", "s", "t"],
        "washingtonpost.com": ["hpid", "tid", "wpisrc", "wpmm"],
        "wsj.com": ["mod", "reflink", "st"],
        "x.com": ["cn", "s", "t"],
        "youtu.be": ["feature", "si"],
        "youtube.com": ["ab_channel", "feature", "pp", "si"],
    ]

    /// - Parameters:
    ///   - part: `name=value` as it stands in the query, percent-encoding normalised.
    ///   - host: canonical; a port may follow it.
    static func contain(_ part: some Collection<UInt8>, at host: String, _ rules: CanonicalURL.Rules) -> Bool
    {
        let lowered = part.map(ASCII.lowercased)
        let end = lowered.firstIndex(of: UInt8(ascii: "=")) ?? lowered.endIndex
        let name = String(decoding: lowered[..<end], as: UTF8.self)
        if name == "ref" { return rules == .former || isReferrer(lowered[end...].dropFirst()) }
        if names.contains(name) || prefixes.contains(where: { name.hasPrefix($0) }) { return true }
        return namesKnown(at: host)?.contains(name) ?? false
    }

    /// Those of the host, or of the nearest one above it. Only the last labels are looked at: a host of thousands of labels, with as
    /// many parameters behind it, would take hours.
    private static func namesKnown(at host: String) -> Set<String>? {
        let end = host.utf8.suffix(longestHostBytes + longestPortBytes)
        let port = end.lastIndex(of: UInt8(ascii: ":")) ?? end.endIndex
        let name = host.utf8[..<port]
        var found: Set<String>?
        var labels = 0
        var index = name.endIndex
        while index > name.startIndex, name.distance(from: index, to: name.endIndex) <= longestHostBytes {
            let before = name.index(before: index)
            if name[before] == UInt8(ascii: ".") {
                found = namesByHost[String(decoding: name[index...], as: UTF8.self)] ?? found
                labels += 1
                if labels == mostLabels { return found }
            }
            index = before
        }
        if index == name.startIndex {
            found = namesByHost[String(decoding: name, as: UTF8.self)] ?? found
        }
        return found
    }

    private static let longestHostBytes = namesByHost.keys.map(\.utf8.count).max() ?? 0
    /// With its colon.
    private static let longestPortBytes = 6
    private static let mostLabels = namesByHost.keys.map { $0.split(separator: ".").count }.max() ?? 0

    /// A word that is known, or a host, which many sites put there: `ref=news.example.org`.
    private static func isReferrer(_ value: ArraySlice<UInt8>) -> Bool {
        if value.isEmpty || referrers.contains(String(decoding: value, as: UTF8.self)) { return true }
        let labels = value.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.count > 1, let last = labels.last, last.count > 1, last.allSatisfy(ASCII.isLetter) else {
            return false
        }
        return labels.allSatisfy { label in
            !label.isEmpty && label.allSatisfy { ASCII.isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
        }
    }
}
