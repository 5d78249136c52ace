internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

extension PartSection {
    /// A file's text without the section, and what the section holds; nil where there is no section of this number.
    ///
    /// - Parameters:
    ///   - text: what stands below the front matter.
    ///   - start: where in the file that is.
    func read(
        _ text: ArraySlice<UInt8>, from start: SourcePlace
    ) -> (text: ArraySlice<UInt8>, events: [SourceEvent])? {
        var index = text.startIndex
        var hasReturns = false
        var first: Int?
        var lines = 0
        while first == nil, let line = FrontMatter.line(text, from: index) {
            if content(text[line.content]).elementsEqual(self.start) {
                hasReturns = text[line.content].last == 0x0D
                first = index
            }
            index = line.next
            lines += 1
        }
        guard let first else { return nil }
        var parts: [Part] = []
        while let line = FrontMatter.line(text, from: index) {
            let content = content(text[line.content])
            if content.starts(with: record) {
                let place = SourcePlace(
                    file: start.file, line: start.line + lines,
                    byteOffset: start.byteOffset + index - text.startIndex)
                parts.append(Part(start: index, place: place, comment: content.dropFirst(record.count - 1)))
            } else if var part = parts.popLast() {
                if part.remark == nil {
                    if content.elementsEqual(remark) {
                        part.remark = line.next..<line.next
                    } else {
                        part.shown.append(content)
                    }
                }
                parts.append(part)
            }
            index = line.next
            lines += 1
        }
        var events: [SourceEvent] = []
        for (number, part) in parts.enumerated() {
            let end = number + 1 < parts.count ? parts[number + 1].start : text.endIndex
            var remark = text[(part.remark?.lowerBound ?? end)..<end]
            // The line feed at its end, and the blank line before the next part.
            Self.dropLineEnd(&remark, hasReturns)
            if number + 1 < parts.count { Self.dropLineEnd(&remark, hasReturns) }
            events += Self.events(of: part, remark, at: part.place)
        }
        var before = text[..<first]
        // The blank line before the section.
        Self.dropLineEnd(&before, hasReturns)
        return (before, events)
    }

    private struct Part {
        let start: Int
        let place: SourcePlace
        /// `{…} -->`
        let comment: ArraySlice<UInt8>
        var shown: [ArraySlice<UInt8>] = []
        var remark: Range<Int>?
    }

    /// A line without the carriage return that an editor may have put there.
    private func content(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        line.last == 0x0D ? line.dropLast() : line
    }

    private static func dropLineEnd(_ text: inout ArraySlice<UInt8>, _ hasReturns: Bool) {
        guard text.last == 0x0A else { return }
        text.removeLast()
        if hasReturns, text.last == 0x0D { text.removeLast() }
    }

    private static func events(
        of part: Part, _ remark: ArraySlice<UInt8>, at place: SourcePlace
    ) -> [SourceEvent] {
        do throws(Rejection) {
            guard part.comment.suffix(recordEnd.count).elementsEqual(recordEnd),
                let value = try? JSONParser(extraDepth: 2).parse(part.comment.dropLast(recordEnd.count)),
                var members = value.members
            else { throw Rejection("the comment that holds an annotation is damaged, so it was not read") }
            let text = String(decoding: remark, as: UTF8.self)
            if !SourceValue.isBlank(text), let index = members.firstIndex(where: { $0.name == "fields" }),
                let fields = members[index].value.members
            {
                let others = fields.filter { $0.name != "text" }
                members[index] = JSONMember(
                    name: "fields", value: .object(others + [JSONMember(name: "text", value: .string(text))]))
            }
            let item = try LosslessRecord.item(from: members, place: place)
            let record = ExportRecord(id: item.id ?? "", kind: item.kind, fields: item.fields)
            return [.item(item)] + (isAsWritten(part.shown, Display(record)) ? [] : [changed(at: place)])
        } catch {
            return [error.event(at: place)]
        }
    }

    /// Whether the passage, the title and the tags are as the comment has them.
    private static func isAsWritten(_ lines: [ArraySlice<UInt8>], _ display: Display) -> Bool {
        var shown = lines.filter { !$0.isEmpty }
        let byline = shown.popLast() ?? []
        return shown.count == display.head.count
            && zip(shown, display.head).allSatisfy { $0.elementsEqual($1) }
            && byline.suffix(display.tags.utf8.count).elementsEqual(display.tags.utf8)
    }

    private static func changed(at place: SourcePlace) -> SourceEvent {
        .remark(
            place,
            "the passage, title or tags above a remark were changed; an import reads the remark only, so they are as before"
        )
    }
}
