internal import QuipuCanonicalJSON

/// A JSON object as front matter; where it is no JSON, its lines one by one.
struct JSONFrontMatter {
    private(set) var members: [JSONMember] = []
    private(set) var lost: [LostLine] = []
    private static let parser = JSONParser(options: .bigNumbersAsStrings)

    init(_ object: ArraySlice<UInt8>) {
        if let whole = (try? JSONFrontMatter.parser.parse(object))?.members {
            members = whole
            return
        }
        var start = object.startIndex
        var number = 0
        while let line = FrontMatter.line(object, from: start) {
            let content = object[line.content]
            if !content.allSatisfy({ MatterLine.isSpace($0) || "{},".utf8.contains($0) }) {
                take(content, number)
            }
            start = line.next
            number += 1
        }
    }

    /// `"name": value,` on a line of its own.
    private mutating func take(_ line: ArraySlice<UInt8>, _ number: Int) {
        let bare = line.drop { MatterLine.isSpace($0) || $0 == UInt8(ascii: "{") }
        let end = bare.lastIndex { !MatterLine.isSpace($0) && $0 != UInt8(ascii: ",") }
        guard let end, let member = member(in: bare[...end]) else {
            return lost.append(LostLine(number: number, line))
        }
        members.append(member)
    }

    private func member(in line: ArraySlice<UInt8>) -> JSONMember? {
        let object = [UInt8(ascii: "{")] + line + [UInt8(ascii: "}")]
        guard let members = (try? JSONFrontMatter.parser.parse(object))?.members, members.count == 1 else {
            return nil
        }
        return members.first
    }
}
