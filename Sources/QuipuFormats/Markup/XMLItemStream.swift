/// Reads the items of an XML file one after another, with memory for one: the subtree of each element that has one of given
/// names. What stands outside of items is ``outside``. An item inside of an item belongs to the outer one, or ends it where
/// items never nest.
///
/// Use: `while let item = try stream.next() { … }`; then ``remark`` says what was wrong with the encoding.
final class XMLItemStream {
    private var text: DecodedStream
    private let splitter: ItemSplitter
    private let parser: SAXParser
    private var mender: XMLMender
    private var isAtEnd = false
    private let names: Set<String>
    /// Why the file is not whole, known at the end; the item that it was cut in is not yielded.
    private(set) var cut: String?

    /// - Parameters:
    ///   - names: local names of items.
    ///   - nests: whether items of one name stand in one another; else one that is not closed ends where the next begins.
    /// - Throws: where the source cannot be read, or libxml2 is missing.
    init(_ source: ByteSource, items names: Set<String>, nests: Bool = true) throws(InterchangeError) {
        self.names = names
        mender = XMLMender(items: nests ? [] : names)
        text = try DecodedStream(source, as: .xml)
        splitter = ItemSplitter(names)
        do throws(MarkupFailure) {
            parser = try SAXParser(.xml, splitter)
        } catch {
            throw error.ofSource(source.name)
        }
    }

    /// What stood outside of items so far, as a document: the root and its attributes, a feed's title. At most
    /// ``ItemSplitter/maximumOutsideNodes``.
    var outside: MarkupTree { splitter.outsideTree }

    /// What a report says of the encoding; nil where there is nothing to say.
    var remark: String? { text.remark }

    /// What is wrong with the items themselves, known at the end.
    var faults: [String] {
        var faults: [String] = []
        if mender.unclosedItems > 0 {
            faults.append(
                mender.unclosedItems == 1
                    ? "1 item is not closed, and was taken to end where the next begins"
                    : "\(mender.unclosedItems) items are not closed, and were taken to end where the next begin"
            )
        }
        return faults
    }

    /// The next item, or why it cannot be taken; nil at the end.
    func next() throws(InterchangeError) -> Result<MarkupElement, MarkupFailure>? {
        while !splitter.hasItem, !isAtEnd {
            let chunk = try text.next()
            isAtEnd = chunk.isEmpty
            let mended = isAtEnd ? mender.finish() : mender.mend(chunk[...])
            mended.withUnsafeBufferPointer { parser.parse($0) }
            if isAtEnd {
                parser.finish()
                noteCut()
            }
        }
        return splitter.takeItem()
    }

    private func noteCut() {
        guard let root = mender.openAtEnd.first else { return }
        let item = mender.openAtEnd.first { name in
            names.contains(name.split(separator: ":").last.map(String.init) ?? name)
        }
        if let item {
            splitter.dropLast()
            cut = "it ends inside <\(item.prefix(64))>, which was left out: the file is cut off"
        } else {
            cut = "it ends before </\(root.prefix(64))>: the file is cut off"
        }
    }
}

/// Builds a tree of each item, and one of what stands outside.
final class ItemSplitter: SAXReceiver {
    static let maximumOutsideNodes = 10_000

    private let names: Set<String>
    private let outside = MarkupBuilder(isWrapped: true)
    private var item: MarkupBuilder?
    private var depth = 0
    private var outsideNodes = 0
    /// Elements outside that were left out.
    private var passedOver = 0
    private var ready: [Result<MarkupElement, MarkupFailure>] = []

    init(_ names: Set<String>) { self.names = names }

    var isFull: Bool { false }
    var outsideTree: MarkupTree { outside.tree }
    var hasItem: Bool { !ready.isEmpty }

    func dropLast() { _ = ready.popLast() }

    func takeItem() -> Result<MarkupElement, MarkupFailure>? { ready.isEmpty ? nil : ready.removeFirst() }

    func start(_ name: SAXName, _ attributes: SAXAttributes) {
        if let item {
            depth += 1
            return item.start(name, attributes)
        }
        if names.contains(MarkupBuilder.string(name.local)) {
            let item = MarkupBuilder()
            item.start(name, attributes)
            self.item = item
            depth = 1
            return
        }
        outsideNodes += 1
        if outsideNodes > Self.maximumOutsideNodes || passedOver > 0 {
            passedOver += 1
        } else {
            outside.start(name, attributes)
        }
    }

    func end() {
        guard let item else {
            if passedOver > 0 { passedOver -= 1 } else { outside.end() }
            return
        }
        depth -= 1
        item.end()
        guard depth == 0 else { return }
        self.item = nil
        do throws(MarkupFailure) {
            if let root = try item.finish().root { ready.append(.success(root)) }
        } catch {
            ready.append(.failure(error))
        }
    }

    func text(_ bytes: UnsafeBufferPointer<UInt8>) {
        if let item { return item.text(bytes) }
        outsideNodes += 1
        if passedOver == 0, outsideNodes <= Self.maximumOutsideNodes { outside.text(bytes) }
    }
}
