internal import CQuipuXML2

/// What takes the events of a parser.
protocol SAXReceiver: AnyObject {
    /// Whether to go on; once false, nothing more is told.
    var isFull: Bool { get }
    func start(_ name: SAXName, _ attributes: SAXAttributes)
    func end()
    func text(_ bytes: UnsafeBufferPointer<UInt8>)
}

/// A name as libxml2 tells it, valid during the call.
struct SAXName {
    let local: UnsafePointer<UInt8>
    let prefix: UnsafePointer<UInt8>?
    let namespace: UnsafePointer<UInt8>?
}

/// The attributes of a start tag, valid during the call.
enum SAXAttributes {
    case html(UnsafeMutablePointer<UnsafePointer<UInt8>?>?)
    case xml(UnsafeMutablePointer<UnsafePointer<UInt8>?>?, count: Int)
}

/// libxml2's push parser: UTF-8 goes in by chunks, events come out. It builds no tree, which would end at 256 levels, and
/// reads no DTD, no entity and nothing from elsewhere.
final class SAXParser {
    enum Language {
        case xml, html
    }

    private let library: XMLLibrary
    private let language: Language
    private var context: OpaquePointer?
    private var handler = XMLLibrary.Handler()
    private let receiver: any SAXReceiver

    /// XML_PARSE_RECOVER, NOERROR, NOWARNING, NONET.
    private static let options: Int32 = 1 | 1 << 5 | 1 << 6 | 1 << 11
    /// XML_PARSE_NOENT: else a `&` in an attribute is told as `&#38;`. ``XMLMender`` leaves no document type, so that there is no entity
    /// that could be expanded but XML's own five.
    private static let readingReferences: Int32 = 1 << 1
    /// The bytes are UTF-8 whatever the text says of itself (XML_PARSE_IGNORE_ENC, HTML_PARSE_IGNORE_ENC).
    private static let ignoringEncoding: Int32 = 1 << 21
    private static let utf8: Int32 = 1
    /// XML_SAX2_MAGIC.
    private static let magic: UInt32 = 0xDEED_BEAF

    init(_ language: Language, _ receiver: any SAXReceiver) throws(MarkupFailure) {
        library = try .required()
        self.language = language
        self.receiver = receiver
        Self.fill(&handler, language)
        // The box is this object's own pointer: the parser is freed with it.
        let box = Unmanaged.passUnretained(self).toOpaque()
        switch language {
        case .xml:
            context = library.createXML(&handler, box, nil, 0, nil)
            let options = Self.options | Self.readingReferences | Self.ignoringEncoding
            if let context { _ = library.useXMLOptions(context, options) }
        case .html:
            context = library.createHTML(&handler, box, nil, 0, nil, Self.utf8)
            if let context { _ = library.useHTMLOptions(context, Self.options | Self.ignoringEncoding) }
        }
        if context == nil { throw MarkupFailure("libxml2 has no memory for a parser") }
    }

    deinit {
        guard let context else { return }
        if language == .xml { library.freeXML(context) } else { library.freeHTML(context) }
    }

    func parse(_ bytes: UnsafeBufferPointer<UInt8>) { push(bytes, isLast: false) }

    func finish() { push(UnsafeBufferPointer(start: nil, count: 0), isLast: true) }

    private func push(_ bytes: UnsafeBufferPointer<UInt8>, isLast: Bool) {
        guard let context, !receiver.isFull else { return }
        bytes.withMemoryRebound(to: CChar.self) { bytes in
            let parse = language == .xml ? library.parseXML : library.parseHTML
            _ = parse(context, bytes.baseAddress, Int32(clamping: bytes.count), isLast ? 1 : 0)
        }
    }

    private func stopIfFull() {
        if receiver.isFull, let context { library.stop(context) }
    }

    private static func parser(_ box: UnsafeMutableRawPointer?) -> SAXParser? {
        box.map { Unmanaged<SAXParser>.fromOpaque($0).takeUnretainedValue() }
    }

    /// A plain function, so that no closure in it is isolated.
    private static func fill(_ handler: inout XMLLibrary.Handler, _ language: Language) {
        handler.characters = { SAXParser.parser($0)?.receive($1, $2) }
        handler.ignorableWhitespace = { SAXParser.parser($0)?.receive($1, $2) }
        handler.cdataBlock = { SAXParser.parser($0)?.receive($1, $2) }
        switch language {
        case .html:
            handler.initialized = 1
            handler.startElement = { box, name, attributes in
                guard let name, let parser = SAXParser.parser(box), !parser.receiver.isFull else { return }
                parser.receiver.start(
                    SAXName(local: name, prefix: nil, namespace: nil), .html(attributes))
                parser.stopIfFull()
            }
            handler.endElement = { box, _ in SAXParser.parser(box)?.receiver.end() }
        case .xml:
            handler.initialized = magic
            handler.startElementNs = { box, local, prefix, space, _, _, count, _, attributes in
                guard let local, let parser = SAXParser.parser(box), !parser.receiver.isFull else { return }
                parser.receiver.start(
                    SAXName(local: local, prefix: prefix, namespace: space),
                    .xml(attributes, count: Int(count)))
                parser.stopIfFull()
            }
            handler.endElementNs = { box, _, _, _ in SAXParser.parser(box)?.receiver.end() }
        }
    }

    private func receive(_ bytes: UnsafePointer<UInt8>?, _ count: Int32) {
        guard let bytes, count > 0, !receiver.isFull else { return }
        receiver.text(UnsafeBufferPointer(start: bytes, count: Int(count)))
        stopIfFull()
    }
}
