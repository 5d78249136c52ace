/// What references say beside the fields of an article, with the name that each format writes it under and the names that
/// readers keep it under. A record that came from one format is exported by another along these rows.
struct ReferenceField {
    /// As readers keep it, without `x-`: the formats' own names, Zotero's first.
    let names: [String]
    let csl: String?
    let bibLaTeX: String?
    let ris: String?

    private static func row(
        _ names: String, csl: String? = nil, bib: String? = nil, ris: String? = nil
    ) -> ReferenceField {
        let words = names.split(separator: " ").map(String.init)
        return ReferenceField(
            names: words + [csl, bib, ris].compactMap(\.self).filter { !words.contains($0) }, csl: csl,
            bibLaTeX: bib,
            ris: ris)
    }

    /// Single lines of text.
    static let texts: [ReferenceField] = [
        row("volume VI %V reporterVolume codeVolume", csl: "volume", bib: "volume", ris: "VL"),
        row("issue IP %N", csl: "issue", bib: "number", ris: "IS"),
        row(
            "bookTitle proceedingsTitle encyclopediaTitle dictionaryTitle bookTitle publicationTitle journaltitle journal "
                + "websiteTitle blogTitle forumTitle JF JO BT C3 JT %B %J", csl: "container-title",
            bib: "booktitle", ris: "T2"),
        row("journalAbbreviation JA TA %O", csl: "container-title-short", bib: "shortjournal", ris: "J2"),
        row("series seriesTitle %S", csl: "collection-title", bib: "series", ris: "T3"),
        row("seriesNumber SV", csl: "collection-number"),
        row("edition versionNumber EN %7", csl: "edition", bib: "edition", ris: "ET"),
        row("place address PL %C", csl: "publisher-place", bib: "location", ris: "CY"),
        row("conferenceName meetingName event", csl: "event-title", bib: "eventtitle"),
        row("meetingPlace", csl: "event-place", bib: "venue", ris: "C1"),
        row(
            "publisher institution school organization university company label studio network distributor %I",
            csl: "publisher", bib: "publisher", ris: "PB"),
        row("ISBN", csl: "ISBN", bib: "isbn"), row("ISSN", csl: "ISSN", bib: "issn"),
        row("%@", ris: "SN"),
        row("shortTitle", csl: "title-short", bib: "shorttitle", ris: "ST"),
        row("callNumber %L", csl: "call-number", bib: "library", ris: "CN"),
        row("archive", csl: "archive", ris: "DB"), row("archiveLocation", csl: "archive_location", ris: "AN"),
        row("libraryCatalog", csl: "source", ris: "DP"),
        row("numPages numberOfPages", csl: "number-of-pages", bib: "pagetotal"),
        row("numberOfVolumes %6", csl: "number-of-volumes", bib: "volumes", ris: "NV"),
        row(
            "thesisType reportType manuscriptType letterType genre mapType websiteType presentationType PT %9",
            csl: "genre", bib: "type", ris: "M3"),
        row("reportNumber patentNumber billNumber", csl: "number", ris: "M1"),
        row("section", csl: "section", bib: "chapter", ris: "SE"), row("extra", csl: "note", bib: "note"),
        row("rights copyright", bib: "rights"), row("PMID pmid", csl: "PMID", bib: "pmid"),
        row("PMCID pmcid", csl: "PMCID", bib: "pmcid", ris: "C2"),
        row("medium artworkMedium interviewMedium", csl: "medium"),
        row("version", csl: "version", bib: "version"), row("AD", ris: "AD"),
    ]

    /// Who beside the authors: `creatorType` in Zotero, a member in CSL, a field in BibLaTeX, a tag in RIS.
    static let people: [(zotero: String, csl: String, bibLaTeX: String?, ris: String?)] = [
        ("editor", "editor", "editor", "A2"), ("translator", "translator", "translator", "A4"),
        ("seriesEditor", "collection-editor", nil, "A3"),
        ("bookAuthor", "container-author", "bookauthor", nil),
        ("reviewedAuthor", "reviewed-author", nil, nil), ("recipient", "recipient", nil, nil),
        ("interviewer", "interviewer", nil, nil), ("commenter", "commenter", "commentator", nil),
        ("contributor", "contributor", nil, nil),
    ]

    /// Where a date of access is kept.
    static let accessed = ["accessDate", "accessed", "urldate", "Y2"]

    static func bibLaTeX(named name: String) -> ReferenceField? { texts.first { $0.bibLaTeX == name } }
}
