internal import QuipuCanonicalJSON

/// One resource of Zotero's RDF as the members that Zotero's JSON has.
struct ZoteroRDFItem {
    /// Its name within the file: an address, `urn:isbn:…` or `#item_12`.
    let id: String
    private(set) var members: [JSONMember] = []
    /// Names of notes and attachments that belong to it.
    private(set) var children: [String] = []
    /// What it appeared in, where that is a resource of its own.
    private(set) var containers: [String] = []
    private var creators: [JSONValue] = []
    private var tags: [JSONValue] = []

    private static let maximumMembers = 1_000

    private static let types = [
        "Article": "journalArticle", "Book": "book", "BookSection": "bookSection", "Thesis": "thesis",
        "Letter": "letter",
        "Manuscript": "manuscript", "Interview": "interview", "MotionPicture": "film",
        "Illustration": "artwork",
        "Document": "webpage", "Memo": "note", "Attachment": "attachment", "Report": "report",
        "Legislation": "statute",
        "Patent": "patent", "Image": "map", "Recording": "audioRecording",
        "ConferenceProceedings": "presentation",
        "Data": "computerProgram",
    ]
    /// What a journal, a book or a site is, as a name of the field that holds its title.
    private static let containerTitles = [
        "Journal": "publicationTitle", "Periodical": "publicationTitle", "Newspaper": "publicationTitle",
        "Website": "websiteTitle", "Blog": "blogTitle", "Forum": "forumTitle", "Book": "bookTitle",
        "CourtReporter": "reporter",
    ]

    static let elements = Set(types.keys).union(containerTitles.keys).union([
        "Description", "Collection", "Series", "Conference", "Part",
    ])

    init(_ element: MarkupElement) {
        id = element.attribute("about") ?? element.attribute("ID").map { "#" + $0 } ?? ""
        let type =
            element.child("itemType").map { NameParts.collapsed($0.text) } ?? Self.types[element.name] ?? ""
        if !type.isEmpty { add("itemType", type) }
        read(element, type)
        if !creators.isEmpty { members.append(JSONMember(name: "creators", value: .array(creators))) }
        if !tags.isEmpty { members.append(JSONMember(name: "tags", value: .array(tags))) }
    }

    /// Of a container that is a resource of its own, the members that it gives to what appeared in it.
    init(container element: MarkupElement) {
        id = element.attribute("about") ?? ""
        readContainer(element)
    }

    private mutating func add(_ name: String, _ text: String) {
        let isProse = ["note", "abstractNote", "extra"].contains(name)
        let text = isProse ? text : NameParts.collapsed(text)
        if text.isEmpty || members.count >= Self.maximumMembers
            || members.contains(where: { $0.name == name })
        {
            return
        }
        members.append(JSONMember(name: name, value: .string(text)))
    }

    private mutating func read(_ element: MarkupElement, _ type: String) {
        for child in element.children {
            switch child.name {
            case "itemType": break
            case "title": add("title", child.text)
            case "date", "issued": add("date", child.text)
            case "dateSubmitted": add("accessDate", child.text)
            case "abstract": add("abstractNote", child.text)
            case "description": add(type == "attachment" ? "note" : "extra", child.text)
            case "value": add("note", child.text)
            case "identifier": takeIdentifier(child)
            case "subject": takeSubject(child)
            case "publisher": takePublisher(child)
            case "isPartOf": takeContainer(child)
            case "presentedAt": if let title = child.first("title") { add("conferenceName", title.text) }
            case "link": if let name = child.attribute("resource") { children.append(name) }
            case "isReferencedBy": if let name = child.attribute("resource") { children.append(name) }
            case "volume": add("volume", child.text)
            case "number": add(type == "patent" ? "patentNumber" : "issue", child.text)
            case "edition": add("edition", child.text)
            case "coverage": add("archiveLocation", child.text)
            case "medium": add("medium", child.text)
            case "alternative": add("journalAbbreviation", child.text)
            case "type":
                let isMedia = child.namespace?.contains("modules/link") == true || type == "attachment"
                add(isMedia ? "contentType" : type == "thesis" ? "thesisType" : "genre", child.text)
            case "path": add("path", child.attribute("resource") ?? child.text)
            case "resource":
                // A link of an attachment, or the file that was exported with it.
                let address = child.attribute("resource") ?? child.text
                let isFile = type == "attachment" && !SourceValue.isWebAddress(.string(address))
                add(isFile ? "path" : "url", address)
            case "relation", "hasPart": break
            case _ where !child.children.isEmpty && child.first("Person") != nil: takePeople(child)
            default: if child.children.isEmpty { add(child.name, child.text) }
            }
        }
    }

    /// `<bib:authors><rdf:Seq><rdf:li><foaf:Person>…`.
    private mutating func takePeople(_ element: MarkupElement) {
        let role = element.name.hasSuffix("s") ? String(element.name.dropLast()) : element.name
        for person in element.all("Person") {
            var creator = [JSONMember(name: "creatorType", value: .string(role))]
            let family = person.child("surname").map { NameParts.collapsed($0.text) } ?? ""
            let given =
                (person.child("givenName") ?? person.child("givenname")).map { NameParts.collapsed($0.text) }
                ?? ""
            if family.isEmpty, given.isEmpty { continue }
            if !given.isEmpty { creator.append(JSONMember(name: "firstName", value: .string(given))) }
            creator.append(
                JSONMember(
                    name: family.isEmpty || given.isEmpty ? "name" : "lastName",
                    value: .string(family.isEmpty ? given : family)))
            creators.append(.object(creator))
        }
    }

    private mutating func takeIdentifier(_ element: MarkupElement) {
        if let address = element.first("URI") { return add("url", address.text) }
        let text = NameParts.collapsed(element.text)
        for name in ["ISBN", "ISSN", "DOI"] where text.hasPrefix(name + " ") {
            return add(name, String(text.dropFirst(name.count + 1)))
        }
        add("accessionNumber", text)
    }

    private mutating func takeSubject(_ element: MarkupElement) {
        if let number = element.first("LCC") { return add("callNumber", number.text) }
        let text = NameParts.collapsed(element.text)
        if !text.isEmpty { tags.append(.string(text)) }
    }

    private mutating func takePublisher(_ element: MarkupElement) {
        if let name = element.first("name") { add("publisher", name.text) }
        if let place = element.first("locality") { add("place", place.text) }
        if element.children.isEmpty { add("publisher", element.text) }
    }

    private mutating func takeContainer(_ element: MarkupElement) {
        if let name = element.attribute("resource") { containers.append(name) }
        for container in element.children { readContainer(container) }
    }

    /// Without recursion: what a part is in, and that in turn.
    private mutating func readContainer(_ first: MarkupElement) {
        var open = [first]
        while let container = open.popLast() {
            let title = container.child("title").map(\.text) ?? ""
            switch container.name {
            case "Series":
                add("series", title)
                if let number = container.child("identifier") { add("seriesNumber", number.text) }
            case "Part": add("section", title)
            default:
                add(Self.containerTitles[container.name] ?? "publicationTitle", title)
                for child in container.children {
                    switch child.name {
                    case "identifier": takeIdentifier(child)
                    case "alternative": add("journalAbbreviation", child.text)
                    case "volume": add("volume", child.text)
                    case "number": add("issue", child.text)
                    default: break
                    }
                }
            }
            for child in container.children where child.name == "isPartOf" {
                if let name = child.attribute("resource") { containers.append(name) }
                if open.count < 16 { open += child.children }
            }
        }
    }
}
