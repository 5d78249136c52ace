internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// What a record of an archive holds of a page, or why it is none.
enum Capture {
    case page(CapturedPage)
    /// The text of a page, without its markup: what WET files hold.
    case text(CapturedPage)
    /// `leadsTo` is where the page is then: an address that redirects, or that repeats another's capture.
    case left(Reason, address: String? = nil, leadsTo: String? = nil)
    case refused(String)

    /// Why a record is no page. The order is that of a report.
    enum Reason: Int, CaseIterable {
        case otherMedia, failed, redirected, revisit, segment

        func words(_ count: Int) -> String {
            let one = count == 1
            switch self {
            case .otherMedia: return "\(count) \(one ? "is no page" : "are no pages")"
            case .failed: return "\(count) \(one ? "is an error" : "are errors") of its server"
            case .redirected: return "\(count) \(one ? "leads" : "lead") to another address"
            case .revisit: return "\(count) \(one ? "repeats" : "repeat") an earlier capture"
            case .segment: return "\(count) \(one ? "is a part" : "are parts") of a record in several"
            }
        }
    }
}

struct CapturedPage {
    let address: String
    let capturedAt: String?
    let body: [UInt8]
    /// As HTTP said it.
    let encoding: String?
    let mediaType: String
    let fault: String?
    /// From a list of pages.
    var title: String?

    var key: String { PageList.key(address) }
}

extension WARCRecord {
    /// - Parameter isListed: nil where no list says which captures are pages.
    func capture(isListed: ((String) -> Bool)?) -> Capture? {
        switch type {
        case "response", "resource", "conversion": break
        case "revisit":
            return .left(.revisit, address: address, leadsTo: fields.text("warc-refers-to-target-uri"))
        case "continuation": return .left(.segment)
        // Requests, metadata and what says how the file was made.
        default: return nil
        }
        if fields.bytes("warc-segment-number") != nil { return .left(.segment) }
        guard let address, SourceValue.isWebAddress(.string(address)) else { return .left(.otherMedia) }
        if let isListed, !isListed(address) { return .left(.otherMedia) }
        if isTooLong { return .refused("the capture is longer than \(WARCRecords.maximumBlockBytes) bytes") }
        let isHTTP =
            type == "response" && fields.mediaType() != nil && fields.mediaType()?.hasPrefix("text/") != true
        guard isHTTP else { return page(address, fields, block[...], fault) }
        let message = HTTPMessage(block[...])
        if let status = message.status, !(200..<300).contains(status) {
            guard (300..<400).contains(status) else { return .left(.failed) }
            let target = message.fields.text("location").flatMap { URLReference.resolve($0, base: address) }
            return .left(.redirected, address: address, leadsTo: target)
        }
        if let type = message.fields.mediaType(), !Self.isMarkup(type), !type.isEmpty {
            return .left(.otherMedia)
        }
        switch TransferredBody.unpacked(message) {
        case .refused(let reason): return .refused(reason)
        case .bytes(let body, let inner): return page(address, message.fields, body, fault ?? inner)
        }
    }

    /// Where the header of a capture says that its page is; nil for what is no page.
    enum Location {
        case here
        case elsewhere(String)
    }

    /// Found without a look into the content.
    var location: Location? {
        switch type {
        case "response": break
        case "resource", "conversion": return .here
        case "revisit": return fields.text("warc-refers-to-target-uri").map { .elsewhere($0) }
        default: return nil
        }
        let message = HTTPMessage(block[...])
        guard let status = message.status, let address else { return .here }
        if (200..<300).contains(status) { return .here }
        let target = message.fields.text("location").flatMap { URLReference.resolve($0, base: address) }
        return target.map { .elsewhere($0) }
    }

    private func page(
        _ address: String, _ fields: HeaderFields, _ body: ArraySlice<UInt8>, _ fault: String?
    ) -> Capture {
        let declared = fields.mediaType() ?? ""
        let type = declared.isEmpty || declared.hasPrefix("application/http") ? Self.sniffed(body) : declared
        let page = CapturedPage(
            address: address, capturedAt: capturedAt, body: Array(body),
            encoding: fields.parameter("charset", of: "content-type"), mediaType: type, fault: fault)
        if HeaderFields.trimmed(body.prefix(4_096)).isEmpty { return .left(.otherMedia) }
        if Self.isMarkup(type) { return .page(page) }
        return self.type == "conversion" && type == "text/plain" ? .text(page) : .left(.otherMedia)
    }

    private static func isMarkup(_ type: String) -> Bool {
        type == "text/html" || type == "application/xhtml+xml"
    }

    private static func sniffed(_ body: ArraySlice<UInt8>) -> String {
        let content = body.prefix(4_096).drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
        guard content.first == UInt8(ascii: "<"), let root = MarkupRoot(content) else { return "" }
        return ["html", "head", "body"].contains(root.name) ? "text/html" : ""
    }
}

extension CapturedPage {
    /// A text without markup as an item, with the title that a list of pages gives; else its first line is one that was made up.
    func textItem(at place: SourcePlace) throws(Rejection) -> SourceItem {
        let text = WhiteSpace.trimmed(
            String(decoding: TextEncoding.decode(body, as: .none, encoding: encoding).utf8, as: UTF8.self))
        let clean = text.utf8.contains(0) ? text.split(separator: "\0").joined(separator: " ") : text
        var members = [
            JSONMember(name: "url", value: .string(address)), JSONMember(name: "body", value: .string(clean)),
        ]
        if let title { members.append(JSONMember(name: "title", value: .string(title))) }
        if let capturedAt { members.append(JSONMember(name: "x-captured", value: .string(capturedAt))) }
        return try ArticleMapping.item(from: members, place: place) {
            DerivedTitle.bounded(String(clean.prefix { !$0.isNewline }))
        }
    }
}
