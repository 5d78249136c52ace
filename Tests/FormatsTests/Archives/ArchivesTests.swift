import Testing

@testable import QuipuFormats

@Suite struct ArchivesTests {
    private func read(_ stream: any ByteStream, most: Int = 1 << 20) throws -> [UInt8] {
        var out: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1_000)
        while out.count < most {
            let got = try block.withUnsafeMutableBufferPointer { (bytes) throws(InterchangeError) in
                try stream.read(into: bytes)
            }
            if got == 0 { break }
            out += block[..<got]
        }
        return out
    }

    private func gzip(_ bytes: [UInt8]) throws -> GzipStream {
        GzipStream(MemoryStream(bytes), try ZlibLibrary.required(for: "memory"))
    }

    @Test func `members of a gzip file are read as one file`() throws {
        let zeros = [UInt8](repeating: 0, count: 100)
        let stream = try gzip(
            PackedBytes.gzip("one ") + PackedBytes.gzip("") + zeros + PackedBytes.gzip("two"))
        #expect(String(decoding: try read(stream), as: UTF8.self) == "one two")
        #expect(stream.fault == nil && stream.takeFaults().isEmpty)
    }

    @Test func `the gzip member after a damaged one is read, and the damage is reported once`() throws {
        var damaged = PackedBytes.gzip(String(repeating: "It rained. ", count: 40))
        damaged[14] ^= 0xFF
        damaged[15] ^= 0xFF
        let stream = try gzip(damaged + PackedBytes.gzip("after"))
        #expect(String(decoding: try read(stream), as: UTF8.self).hasSuffix("after"))
        #expect(stream.takeFaults().count == 1)
    }

    @Test func `a cut gzip member gives what is there, and the cut is reported`() throws {
        let whole = PackedBytes.gzip((0..<2_000).map { "line \($0)" }.joined(separator: "\n"))
        let stream = try gzip(Array(whole.dropLast(whole.count / 2)))
        #expect(try read(stream).count > 100)
        #expect(stream.fault == "the compressed data ends too early")
    }

    @Test func `expansion of a compression bomb is stopped at the limit`() throws {
        let bomb = PackedBytes.gzip([UInt8](repeating: 0, count: 20 << 20))
        #expect(bomb.count < 100_000)
        let stream = try gzip(bomb)
        let out = try read(stream, most: .max)
        #expect(out.count < 18 << 20)
        #expect(stream.takeFaults().map(\.reason) == [ExpansionLimits.bomb + ", and is left here"])
        let library = try #require(ZlibLibrary.loaded)
        let most = 32 << 20
        let expanded = try #require(Inflater.expand(bomb[...], .gzip, library, maximumBytes: most))
        #expect(!expanded.isWhole && expanded.bytes.count <= most)
    }

    @Test func `a compression bomb loses its own gzip member, and the next member begins a new line`() throws
    {
        let text = Array("after".utf8)
        let bomb = PackedBytes.gzip([UInt8](repeating: 0, count: 20 << 20))
        let stream = try gzip(PackedBytes.gzip(Array("before\n".utf8)) + bomb + PackedBytes.gzip(text))
        let out = try read(stream, most: .max)
        #expect(out.starts(with: "before\n".utf8) && out.suffix(9).elementsEqual("\r\n\r\nafter".utf8))
        #expect(stream.takeFaults().count == 1 && stream.fault == nil)
    }

    @Test func `entries of a ZIP archive are read with their names, from files and from streams`() throws {
        let bytes = PackedBytes.zip([
            ("a.txt", Array("A".utf8)), ("ordner/Späte Ernte.txt", Array("late".utf8)),
        ])
        for seeks in [true, false] {
            let archive = try ZipArchive(ByteSource(bytes: bytes, name: "memory"), seeks: seeks)
            var found: [String: String] = [:]
            while let step = try archive.next() {
                guard case .entry(let entry) = step else { continue }
                found[entry.name] = String(decoding: try archive.readAll(), as: UTF8.self)
                #expect(archive.fault == nil)
            }
            #expect(found == ["a.txt": "A", "ordner/Späte Ernte.txt": "late"])
        }
    }

    @Test(arguments: ["../evil", "/etc/passwd", "a/../../b", "C:\\evil.txt", "..\\evil", ""])
    func `a name that leads out of the archive is refused, and the others are read`(name: String) throws {
        let bytes = PackedBytes.zip([("one", [1]), (name, [2]), ("three", [3])])
        let archive = try ZipArchive(ByteSource(bytes: bytes, name: "memory"))
        var names: [String] = []
        var refused = 0
        while let step = try archive.next() {
            switch step {
            case .entry(let entry): names.append(entry.name)
            case .refused: refused += 1
            case .broken: Issue.record("the archive is not broken")
            }
        }
        #expect(names == ["one", "three"])
        #expect(refused == 1)
    }

    @Test func `entry names are checked for unsafe paths however they are spelled`() {
        #expect(EntryName.checked(Array("a/./b//c".utf8)) == "a/b/c")
        #expect(EntryName.checked(Array("a\0b".utf8)) == nil)
        #expect(EntryName.checked(Array("a/..".utf8)) == nil)
        #expect(EntryName.checked([UInt8](repeating: 0x61, count: 5_000)) == nil)
        #expect(EntryName.resolved("../text/1.html", in: "OPS/package") == "OPS/text/1.html")
        #expect(EntryName.resolved("../../x", in: "OPS") == nil)
    }

    @Test func `a ZIP entry that exceeds the expansion limit is stopped, and the next one is read`() throws {
        let bytes = PackedBytes.zip([
            ("small", [1]), ("bomb", [UInt8](repeating: 0, count: 20 << 20)), ("last", Array("end".utf8)),
        ])
        let archive = try ZipArchive(ByteSource(bytes: bytes, name: "memory"))
        var last: [UInt8] = []
        while let step = try archive.next() {
            guard case .entry(let entry) = step else { continue }
            let held = try archive.readAll()
            if entry.name == "bomb" { #expect(held.count < 18 << 20 && archive.fault != nil) }
            if entry.name == "last" { last = held }
        }
        #expect(last == Array("end".utf8))
    }

    @Test func `sources from files and memory can seek, and streams cannot`() throws {
        let folder = try ScratchFolder()
        let path = try folder.write("file", "0123456789")
        for source in [
            try ByteSource(path: path), ByteSource(bytes: Array("0123456789".utf8), name: "memory"),
        ] {
            #expect(try source.peek(2).elementsEqual("01".utf8))
            #expect(source.holdPlace() == 10)
            _ = try source.readAll(maximumBytes: 100)
            source.skip(10)
            #expect(source.seek(to: 8))
            #expect(try source.readAll(maximumBytes: 100) == Array("89".utf8))
            #expect(!source.seek(to: -1))
        }
    }

    @Test func `lines longer than the limit are read in pieces`() throws {
        let stream = BufferedStream(
            MemoryStream(Array("short\r\n\(String(repeating: "x", count: 2_500))\nend".utf8)))
        var lengths: [Int] = []
        while let line = try stream.line(maximumBytes: 1_000) { lengths.append(line.count) }
        #expect(lengths == [5, 1_000, 1_000, 500, 3])
    }
}
