internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// One message as an article: its subject, sender, day and text; whom it went to and what it answers are kept beside.
struct MailMessage {
    private let root: MIMEPart
    private let place: SourcePlace
    /// Which message of its file it is, counted from 1.
    private let number: Int

    /// Kept under their own names. The way that a message took through servers is not.
    private static let keptFields = [
        "to", "cc", "bcc", "reply-to", "sender", "organization", "newsgroups", "list-id", "in-reply-to",
        "references",
        "comments", "x-gm-thrid", "x-mozilla-keys",
    ]

    init(_ bytes: ArraySlice<UInt8>, number: Int, place: SourcePlace) {
        root = MIMEPart(bytes)
        self.number = number
        self.place = place
    }

    func events() -> [SourceEvent] {
        do throws(Rejection) {
            guard !root.fields.fields.isEmpty else { throw Rejection("it has no header") }
            if root.mediaType == "multipart/encrypted" || root.mediaType.hasSuffix("pkcs7-mime") {
                throw Rejection("the message is encrypted")
            }
            let content = MailContent(root)
            var relations = SourceRelations()
            let identifier = identifier
            relations.key = "message \(number)"
            var events: [SourceEvent] = [
                .item(
                    try ArticleMapping.item(
                        from: members(content), place: place, producer: identifier == nil ? nil : "mail",
                        relations: relations,
                        titleFallback: { content.text.isEmpty ? "Message \(number)" : nil }))
            ]
            var bytesLeft = MailContent.maximumAttachedBytes
            for (index, file) in content.files.enumerated() {
                events.append(attachment(file, index + 1, identifier, &bytesLeft))
            }
            for charset in content.unknownCharsets {
                events.append(
                    .remark(
                        place,
                        "message \(number): its encoding \(charset.prefix(64)) is not known; its text was read as UTF-8 or windows-1252"
                    ))
            }
            if content.leftOut > 0 {
                events.append(
                    .remark(place, "\(content.leftOut) of its parts were left out: there are too many"))
            }
            return events
        } catch {
            return [error.event(at: place)]
        }
    }

    /// Between angle brackets.
    private var identifier: String? {
        guard let text = text("message-id") else { return nil }
        let inner = text.drop { $0 != "<" }.dropFirst().prefix { $0 != ">" }
        let id = WhiteSpace.trimmed(inner.isEmpty ? text : String(inner))
        return id.isEmpty || id.utf8.count > 512 ? nil : id
    }

    private func text(_ field: String) -> String? {
        root.fields.bytes(field).map { WhiteSpace.trimmed(EncodedWords.decode($0)) }
    }

    private func members(_ content: MailContent) -> [JSONMember] {
        var members: [JSONMember] = []
        func add(_ name: String, _ value: JSONValue?) {
            if let value { members.append(JSONMember(name: name, value: value)) }
        }
        add("title", text("subject").flatMap(DerivedTitle.bounded).map { .string($0) })
        add("author", authors)
        add("date", text("date").map { .string(Self.withoutComment($0)) })
        add("body", SourceValue.isBlank(content.text) ? nil : .string(WhiteSpace.trimmed(content.text)))
        add("url", address)
        add("id", identifier.map { .string($0) })
        add("tags", labels)
        add("language", text("content-language").map { .string($0) })
        for name in Self.keptFields {
            add(name.hasPrefix("x-") ? name : "x-" + name, text(name).map { .string($0) })
        }
        return members
    }

    /// Names, or the addresses of those who gave none.
    private var authors: JSONValue? {
        guard let value = root.fields.bytes("from") else { return nil }
        let names = MailAddress.list(value).map {
            JSONValue.string($0.name.map(NameParts.turned) ?? $0.address)
        }
        switch names.count {
        case 0: return nil
        case 1: return names[0]
        default: return .array(names)
        }
    }

    /// Where a list keeps the message (RFC 5064), or a blog's newsletter its page.
    private var address: JSONValue? {
        guard let text = text("archived-at") else { return nil }
        let inner = text.drop { $0 != "<" }.dropFirst().prefix { $0 != ">" }
        let address = JSONValue.string(inner.isEmpty ? text : String(inner))
        return SourceValue.isWebAddress(address) ? address : nil
    }

    /// Labels of Gmail's exports, and keywords (RFC 5322).
    private var labels: JSONValue? {
        var labels: [JSONValue] = []
        for field in ["x-gmail-labels", "keywords", "x-keywords"] {
            for value in root.fields.fields where value.name == field {
                let text = EncodedWords.decode(value.value)
                labels += Self.commaSeparated(text).map { .string($0) }
            }
        }
        labels += thunderbirdTags.map { .string($0) }
        return labels.isEmpty ? nil : .array(labels)
    }

    /// Thunderbird's names of the tags that it comes with; what stands in a message is their keys.
    private static let tagsOfKeys = [
        "$label1": "Important", "$label2": "Work", "$label3": "Personal", "$label4": "To Do",
        "$label5": "Later",
    ]
    /// Of an IMAP server: what became of a message, not what it is about.
    private static let states: Set<String> = ["junk", "nonjunk", "notjunk", "forwarded", "redirected"]

    private var thunderbirdTags: [String] {
        let keys = (text("x-mozilla-keys") ?? "").split(separator: " ").map(String.init)
        return keys.compactMap { key in
            if let tag = Self.tagsOfKeys[key.lowercased()] { return tag }
            return key.hasPrefix("$") || Self.states.contains(key.lowercased()) ? nil : key
        }
    }

    /// A label with a comma in it stands in quotation marks.
    private static func commaSeparated(_ text: String) -> [String] {
        var parts: [String] = []
        var part = ""
        var isQuoted = false
        for character in text {
            if character == "\"" {
                isQuoted.toggle()
            } else if character == ",", !isQuoted {
                parts.append(part)
                part = ""
            } else {
                part.append(character)
            }
        }
        return (parts + [part]).map(WhiteSpace.trimmed).filter { !$0.isEmpty }
    }

    /// `Mon, 6 May 2024 07:08:09 +0000 (UTC)`.
    private static func withoutComment(_ date: String) -> String {
        WhiteSpace.trimmed(String(date.prefix { $0 != "(" }))
    }

    private func attachment(
        _ file: MIMEPart, _ number: Int, _ identifier: String?, _ bytesLeft: inout Int
    ) -> SourceEvent {
        let bytes = file.mediaType.hasPrefix("message/") ? Array(file.body) : file.decoded
        let name =
            file.fileName
            ?? (file.mediaType.hasPrefix("message/") ? "message \(number).eml" : "part \(number)")
        guard bytes.count <= SourceLimits.maximumFileBytes, bytes.count <= bytesLeft else {
            return .rejected(place, reason: "the attachment \(name) is too long: \(bytes.count) bytes")
        }
        bytesLeft -= bytes.count
        var facts = PartFacts()
        facts.foreignID = identifier.map { "\($0)/\(number)" }
        facts.producer = identifier == nil ? nil : "mail"
        var relations = SourceRelations()
        relations.parent = "message \(self.number)"
        relations.file = .bytes(bytes)
        do throws(Rejection) {
            return .item(
                try SourceItem.attachment(
                    name: name, mediaType: file.mediaType, facts: facts, place: place, relations: relations))
        } catch {
            return error.event(at: place)
        }
    }
}
