internal import CQuipuGit2
internal import Glibc

/// Merges two texts that grew out of one: libgit2's merge of files in memory, over words instead of lines.
///
/// The units of the three texts (`ProseUnits`) are numbered as they first occur, and libgit2 gets a line with the
/// number of each. So no text can look like a line end, a binary file or a conflict mark, and none can be made up
/// to collide in its hash table.
///
/// Changes of the two sides must be at least one unchanged unit apart. Changes that overlap or touch are a
/// conflict, since two people who change neighbouring words are at the same phrase; the same change on both sides
/// is one. So any two neighbours in the result are neighbours in one of the two texts: nothing new is made up.
enum ThreeWayMerge {
    enum Outcome: Equatable {
        case merged(String)
        /// Both changed the same place.
        case overlapping
        case tooLong
        /// There is no libgit2 on this machine.
        case unavailable
    }

    /// Of one text. Beyond it nothing is merged.
    static let mostBytes = 1 << 20
    /// Of one text. Three random texts with this number of words, the slowest case seen, take 0.2 s.
    static let mostUnits = 1 << 15

    static func merge(base: String, _ one: String, _ other: String) -> Outcome {
        let texts = [base, one, other].map { Array($0.utf8) }
        guard texts.allSatisfy({ $0.count <= mostBytes }) else { return .tooLong }
        let units = texts.map(ProseUnits.units)
        guard units.allSatisfy({ $0.count <= mostUnits }) else { return .tooLong }
        guard let library = GitLibrary.loaded else { return .unavailable }
        guard let merged = library.merge(base: units[0], units[1], units[2]) else { return .overlapping }
        return .merged(String(decoding: ProseUnits.text(of: merged), as: UTF8.self))
    }
}

extension GitLibrary {
    /// - Returns: the units of the merged text; nil for a conflict.
    func merge(base: [ProseUnits.Unit], _ one: [ProseUnits.Unit], _ other: [ProseUnits.Unit])
        -> [ProseUnits.Unit]?
    {
        var numbering = Numbering()
        let lines = [base, one, other].map { numbering.lines(of: $0) }
        return merge(base: lines[0], lines[1], lines[2], marksConflicts: false).map(numbering.units)
    }

    /// - Returns: parts of the merged text in its order: of one element where it is merged, else of three: what `one`, the
    ///   base and `other` have there. Nil where the merge fails.
    func markedMerge(base: [ProseUnits.Unit], _ one: [ProseUnits.Unit], _ other: [ProseUnits.Unit])
        -> [[[ProseUnits.Unit]]]?
    {
        var numbering = Numbering()
        let lines = [base, one, other].map { numbering.lines(of: $0) }
        guard let merged = merge(base: lines[0], lines[1], lines[2], marksConflicts: true) else { return nil }
        var parts: [[[ProseUnits.Unit]]] = []
        var part: [[UInt8]] = [[]]
        func endPart() {
            let units = part.map(numbering.units)
            if units.contains(where: { !$0.isEmpty }) { parts.append(units) }
        }
        // Each line is a number or a marker.
        for line in merged.split(separator: UInt8(ascii: "\n")) {
            switch line.first {
            case UInt8(ascii: "<"):
                endPart()
                part = [[]]
            case UInt8(ascii: "|"), UInt8(ascii: "="): part.append([])
            case UInt8(ascii: ">"):
                endPart()
                part = [[]]
            default: part[part.count - 1] += line + [UInt8(ascii: "\n")]
            }
        }
        endPart()
        return parts
    }
}

/// Units and the numbers that stand for them.
private struct Numbering {
    private var numbers: [ProseUnits.Unit: Int] = [:]
    private var units: [ProseUnits.Unit] = []

    /// A line with its number for each unit.
    mutating func lines(of text: [ProseUnits.Unit]) -> [UInt8] {
        var lines: [UInt8] = []
        lines.reserveCapacity(text.count * 6)
        for unit in text {
            let number = numbers[unit] ?? units.count
            if number == units.count {
                numbers[unit] = number
                units.append(unit)
            }
            lines.append(contentsOf: String(number).utf8)
            lines.append(UInt8(ascii: "\n"))
        }
        return lines
    }

    /// The reverse.
    func units(of lines: [UInt8]) -> [ProseUnits.Unit] {
        lines.split(separator: UInt8(ascii: "\n")).map { line in
            units[line.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }]
        }
    }
}

extension GitLibrary {
    /// - Returns: the lines of the merge; nil for a conflict that is not to be marked in them.
    fileprivate func merge(
        base: [UInt8], _ one: [UInt8], _ other: [UInt8], marksConflicts: Bool
    ) -> [UInt8]? {
        func withInput<Result>(_ lines: [UInt8], _ body: (git_merge_file_input) -> Result) -> Result {
            lines.withUnsafeBytes { bytes in
                var input = git_merge_file_input()
                input.version = UInt32(GIT_MERGE_FILE_INPUT_VERSION)
                input.ptr = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
                input.size = bytes.count
                return body(input)
            }
        }
        var options = git_merge_file_options()
        options.version = UInt32(GIT_MERGE_FILE_OPTIONS_VERSION)
        // With this form of conflicts libgit2 does not look for parts of them that may be merged after all.
        options.flags = GIT_MERGE_FILE_STYLE_DIFF3.rawValue
        return withInput(base) { base in
            withInput(one) { one in
                withInput(other) { other in
                    var result = git_merge_file_result()
                    defer { freeResult(&result) }
                    var (base, one, other) = (base, one, other)
                    // It fails for want of memory only, and then there is no merge.
                    guard mergeFile(&result, &base, &one, &other, &options) == 0,
                        marksConflicts || result.automergeable != 0
                    else { return nil }
                    guard let start = result.ptr else { return [] }
                    return Array(UnsafeRawBufferPointer(start: start, count: result.len))
                }
            }
        }
    }
}

/// libgit2, as far as a merge needs it; loaded when the first merge is asked for.
///
/// Linked, it and the six libraries that it links would cost every start of the program 1.3 ms (a program that
/// links the rest: 5.7 ms, with libgit2 7.1), and most runs merge nothing.
struct GitLibrary: Sendable {
    typealias MergeFile =
        @convention(c) (
            UnsafeMutablePointer<git_merge_file_result>, UnsafePointer<git_merge_file_input>,
            UnsafePointer<git_merge_file_input>, UnsafePointer<git_merge_file_input>,
            UnsafePointer<git_merge_file_options>
        ) -> Int32
    typealias FreeResult = @convention(c) (UnsafeMutablePointer<git_merge_file_result>) -> Void

    let mergeFile: MergeFile
    let freeResult: FreeResult

    /// Nil where the library is not installed, or is not the version that this was built with.
    static let loaded = GitLibrary()

    private init?() {
        guard let handle = dlopen("libgit2.so.\(LIBGIT2_SOVERSION)", RTLD_NOW | RTLD_LOCAL),
            let start = dlsym(handle, "git_libgit2_init"), let merge = dlsym(handle, "git_merge_file"),
            let free = dlsym(handle, "git_merge_file_result_free")
        else { return nil }
        // Their types are those of the header of the same version.
        guard unsafeBitCast(start, to: (@convention(c) () -> Int32).self)() > 0 else { return nil }
        mergeFile = unsafeBitCast(merge, to: MergeFile.self)
        freeResult = unsafeBitCast(free, to: FreeResult.self)
    }
}
