import Foundation
import QuipuReplication
import QuipuStorage
import Support
import Testing

/// A snapshot is expanded while it comes in.
@Suite struct SnapshotReceiverTests {
    /// Two snapshots of one archive, of which the second has more in it, and a place for a third.
    private struct Scene {
        let folder: TemporaryFolder
        let first: Data
        let second: Data

        init() throws {
            folder = try TemporaryFolder()
            let group = try Replicas(1)
            var random = SplitMix64(seed: 8)
            for index in 0..<400 {
                let words = (0..<400).map { _ in
                    String(UInt64.random(in: 0...(.max), using: &random), radix: 36)
                }
                try group.add(
                    [("body", "\"\(words.joined(separator: " "))\"")], id: UInt128(index + 1), at: 0)
            }
            try SnapshotFile.write(group[0], to: folder.path(of: "first"))
            try group.add([("title", "\"Later\"")], id: 9_999, at: 0)
            try SnapshotFile.write(group[0], to: folder.path(of: "second"))
            first = try Data(contentsOf: URL(filePath: folder.path(of: "first")))
            second = try Data(contentsOf: URL(filePath: folder.path(of: "second")))
        }

        var arriving: String { folder.path(of: "arriving") }
        var database: String { folder.path(of: "database") }

        var copy: StreamingCopy { StreamingCopy(database, in: ArchiveFolder(path: folder.path)) }

        func arrive(_ bytes: Data) throws { try bytes.write(to: URL(filePath: arriving)) }

        /// What the whole snapshot holds.
        func expanded(_ snapshot: Data) throws -> Data {
            let path = folder.path(of: "whole")
            try snapshot.write(to: URL(filePath: path))
            try SnapshotFile.expand(path, to: path + ".sqlite")
            return try Data(contentsOf: URL(filePath: path + ".sqlite"))
        }

        var isDatabaseThere: Bool { FileManager.default.fileExists(atPath: database) }
    }

    @Test func `a snapshot that arrives in parts gives the same database as the whole`() throws {
        let scene = try Scene()
        #expect(scene.first.count > 1 << 20)
        let expansion = SnapshotReceiver(of: scene.arriving, to: scene.copy)
        for part in stride(from: 0, to: scene.first.count, by: 300_000) {
            try scene.arrive(scene.first.prefix(part))
            try expansion.advance(to: UInt64(part))
        }
        try scene.arrive(scene.first)
        try expansion.finish(at: UInt64(scene.first.count))
        #expect(try Data(contentsOf: URL(filePath: scene.database)) == scene.expanded(scene.first))
    }

    @Test func `a download that restarts with another snapshot gives the other snapshot`() throws {
        let scene = try Scene()
        let expansion = SnapshotReceiver(of: scene.arriving, to: scene.copy)
        try scene.arrive(scene.first)
        try expansion.advance(to: UInt64(scene.first.count - 1))
        try scene.arrive(scene.second)
        try expansion.finish(at: UInt64(scene.second.count))
        #expect(try Data(contentsOf: URL(filePath: scene.database)) == scene.expanded(scene.second))
    }

    @Test func `a truncated or altered snapshot is refused and leaves nothing`() throws {
        let scene = try Scene()
        var changed = scene.first
        changed[changed.count / 2] ^= 0x40
        for bytes in [scene.first.dropLast(5), changed, scene.first + [0]] {
            try scene.arrive(bytes)
            let expansion = SnapshotReceiver(of: scene.arriving, to: scene.copy)
            try expansion.advance(to: UInt64(bytes.count / 2))
            let error = #expect(throws: ReplicationError.self) {
                try expansion.finish(at: UInt64(bytes.count))
            }
            #expect(error?.code == .damaged)
            #expect(!scene.isDatabaseThere)
        }
    }

    @Test func `an abandoned expansion leaves nothing`() throws {
        let scene = try Scene()
        try scene.arrive(scene.first)
        do {
            let expansion = SnapshotReceiver(of: scene.arriving, to: scene.copy)
            try expansion.advance(to: UInt64(scene.first.count - 1))
        }
        #expect(!scene.isDatabaseThere)
    }

    @Test func `bytes that claim to expand two hundredfold are refused before they fill the disk`()
        throws
    {
        let scene = try Scene()
        let zeros = scene.folder.path(of: "zeros")
        let command = Process()
        command.executableURL = URL(filePath: "/usr/bin/zstd")
        try Data(count: 64 << 20).write(to: URL(filePath: zeros))
        command.arguments = ["-q", zeros, "-o", scene.arriving]
        try command.run()
        command.waitUntilExit()
        let expansion = SnapshotReceiver(of: scene.arriving, to: scene.copy)
        let size = try Data(contentsOf: URL(filePath: scene.arriving)).count
        #expect(throws: ReplicationError.self) { try expansion.finish(at: UInt64(size)) }
        #expect(!scene.isDatabaseThere)
    }
}
