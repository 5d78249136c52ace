/// What a reference is about, with its name in each format.
struct ReferenceType {
    let zotero: String
    let csl: String
    let biblatex: String
    let ris: String
    /// Whether what it appeared in - a journal, a newspaper, a site - is what an article calls its publisher.
    let isInPeriodical: Bool

    static func zotero(_ name: String) -> ReferenceType? { byZotero[name] }
    static func csl(_ name: String) -> ReferenceType? { byCSL[name] }
    /// - Parameter name: of an entry, in small letters.
    static func bibTeX(_ name: String) -> ReferenceType? { byBibTeX[name] ?? otherBibTeX[name].flatMap(zotero) }
    static func ris(_ name: String) -> ReferenceType? { byRIS[name] ?? otherRIS[name].flatMap(zotero) }

    /// Of what no format tells: a page where it has an address.
    static let page = row("webpage", "webpage", "online", "ELEC", true)
    static let document = row("document", "document", "misc", "GEN", false)

    private static func row(
        _ zotero: String, _ csl: String, _ biblatex: String, _ ris: String, _ isInPeriodical: Bool = false
    ) -> ReferenceType {
        ReferenceType(zotero: zotero, csl: csl, biblatex: biblatex, ris: ris, isInPeriodical: isInPeriodical)
    }

    /// Of several with one name in a format, the first is what that name is read as.
    static let table: [ReferenceType] = [
        row("journalArticle", "article-journal", "article", "JOUR", true),
        row("magazineArticle", "article-magazine", "article", "MGZN", true),
        row("newspaperArticle", "article-newspaper", "article", "NEWS", true),
        row("book", "book", "book", "BOOK"), row("bookSection", "chapter", "incollection", "CHAP"),
        row("conferencePaper", "paper-conference", "inproceedings", "CPAPER"),
        row("thesis", "thesis", "thesis", "THES"), row("report", "report", "report", "RPRT"), page,
        row("blogPost", "post-weblog", "online", "BLOG", true), row("forumPost", "post", "online", "ICOMM", true),
        document, row("manuscript", "manuscript", "unpublished", "UNPB"),
        row("preprint", "article", "unpublished", "UNPB"), row("patent", "patent", "patent", "PAT"),
        row("dataset", "dataset", "dataset", "DATA"), row("computerProgram", "software", "software", "COMP"),
        row("encyclopediaArticle", "entry-encyclopedia", "inreference", "ENCYC"),
        row("dictionaryEntry", "entry-dictionary", "inreference", "DICT"),
        row("presentation", "speech", "unpublished", "SLIDE"),
        row("letter", "personal_communication", "letter", "PCOMM"),
        row("email", "personal_communication", "letter", "ICOMM"),
        row("instantMessage", "personal_communication", "letter", "ICOMM"),
        row("interview", "interview", "misc", "GEN"), row("film", "motion_picture", "movie", "MPCT"),
        row("videoRecording", "motion_picture", "video", "VIDEO"), row("audioRecording", "song", "audio", "SOUND"),
        row("podcast", "song", "audio", "SOUND"), row("tvBroadcast", "broadcast", "misc", "VIDEO"),
        row("radioBroadcast", "broadcast", "audio", "SOUND"), row("map", "map", "misc", "MAP"),
        row("artwork", "graphic", "artwork", "ART"), row("bill", "bill", "legislation", "BILL"),
        row("statute", "legislation", "legislation", "STAT"), row("case", "legal_case", "jurisdiction", "CASE"),
        row("hearing", "hearing", "jurisdiction", "HEAR"), row("standard", "standard", "standard", "STAND"),
    ]

    private static func index(_ name: (ReferenceType) -> String) -> [String: ReferenceType] {
        var index: [String: ReferenceType] = [:]
        for row in table where index[name(row)] == nil { index[name(row)] = row }
        return index
    }

    private static let byZotero = index(\.zotero)
    private static let byCSL = index(\.csl)
    private static let byBibTeX = index(\.biblatex)
    private static let byRIS = index(\.ris)

    private static let otherBibTeX = [
        "suppperiodical": "journalArticle", "review": "journalArticle", "mvbook": "book", "bookinbook": "bookSection",
        "inbook": "bookSection", "suppbook": "bookSection", "suppcollection": "bookSection", "collection": "book",
        "mvcollection": "book", "booklet": "book", "proceedings": "book", "mvproceedings": "book",
        "reference": "book", "mvreference": "book", "conference": "conferencePaper", "phdthesis": "thesis",
        "mastersthesis": "thesis", "bathesis": "thesis", "techreport": "report", "manual": "report",
        "electronic": "webpage", "www": "webpage", "webpage": "webpage", "periodical": "journalArticle",
        "image": "artwork", "web_page": "webpage", "book_section": "bookSection", "magazine_article": "magazineArticle",
        "newspaper_article": "newspaperArticle", "journal_article": "journalArticle", "conference_proceedings": "conferencePaper",
        "film": "film", "generic": "document", "hearing": "hearing", "statute": "statute", "case": "case", "music": "audioRecording", "performance": "presentation",
    ]

    private static let otherRIS = [
        "EJOUR": "journalArticle", "JFULL": "journalArticle", "ABST": "journalArticle", "INPR": "journalArticle",
        "CTLG": "magazineArticle", "EBOOK": "book", "EDBOOK": "book", "SER": "book", "CLSWK": "book",
        "ECHAP": "bookSection", "CONF": "conferencePaper", "GOVDOC": "report", "WEB": "webpage",
        "UNPD": "manuscript", "PAMP": "manuscript", "DBASE": "dataset", "AGGR": "dataset", "LEGAL": "case",
        "UNBILL": "bill", "MULTI": "videoRecording", "ADVS": "film", "MUSIC": "audioRecording", "FIGURE": "artwork",
        "CHART": "artwork", "GRNT": "document", "EQUA": "document", "ANCIENT": "document",
    ]
}
