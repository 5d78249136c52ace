import Foundation
import Quipu
import Testing

/// Random histories of clients that read a record at one mirror and edit it later there or at another, while others edit, delete
/// and sync it and mirrors are put back to earlier states. In the end, wherever an edit was taken: nothing that its author had
/// not seen was replaced by it, nothing that they had seen stands beside it, and a repetition changed nothing.
@Suite struct SeenHistoryTests {
    private struct Client {
        var tag: RecordTag
        var versions: [String: [Version]]
        var values: [String: Set<String>]
        let mirror: Int
        /// How often the mirror had been put back then.
        let rollbacks: Int
    }

    private struct Taken {
        let field: String
        let value: String
        let seen: Set<String>
    }

    private final class World {
        let folder: TemporaryFolder
        var mirrors: [Archive] = []
        var rollbacks: [Int] = []
        let id: RecordID

        init(count: Int) async throws {
            folder = try TemporaryFolder()
            let first = try Archive.create(at: folder.path + "/m0", named: "press", as: "m0")
            id = try await first.write { t in
                try t.add(.article) {
                    $0.title = "T"
                    $0.body = "B"
                }
            }
            mirrors = [first]
            for number in 1..<max(2, count) where number < count {
                let path = folder.path + "/m\(number)"
                mirrors.append(try await Archive.clone(folder.path + "/m0", to: path, as: "m\(number)"))
            }
            rollbacks = mirrors.map { _ in 0 }
        }

        func heads(at mirror: Int) throws -> (
            tag: RecordTag, versions: [String: [Version]], values: [String: Set<String>]
        ) {
            try mirrors[mirror].read { [id] snapshot in
                let record = try snapshot.find(id.uuid)
                var values: [String: Set<String>] = [:]
                for field in ["title", "body"] {
                    let story = try snapshot.story(of: id, field: field)
                    values[field] = Set(
                        story.versions.filter { $0.replacedBy == nil }.compactMap { $0.value?.string })
                }
                return (try snapshot.tag(of: record), try snapshot.versions(of: record), values)
            }
        }

        func isDeleted(at mirror: Int) throws -> Bool {
            try mirrors[mirror].read { [id] in try $0.find(id.uuid).isDeleted }
        }

        func save(_ mirror: Int) throws {
            let (from, to) = ("\(folder.path)/m\(mirror)/.quipu", "\(folder.path)/saved\(mirror)")
            try? FileManager.default.removeItem(atPath: to)
            try FileManager.default.copyItem(atPath: from, toPath: to)
        }

        /// Puts a mirror back to what was saved.
        func putBack(_ mirror: Int) throws {
            let (path, saved) = ("\(folder.path)/m\(mirror)/.quipu", "\(folder.path)/saved\(mirror)")
            guard FileManager.default.fileExists(atPath: saved) else { return }
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.copyItem(atPath: saved, toPath: path)
            mirrors[mirror] = try Archive.open(at: "\(folder.path)/m\(mirror)", as: "m\(mirror)")
            rollbacks[mirror] += 1
        }

        func sync(_ one: Int, _ other: Int) async throws {
            if one != other { _ = try await mirrors[one].sync(with: .at("\(folder.path)/m\(other)")) }
        }
    }

    private func run(seed: UInt64) async throws {
        var random = SplitMix(seed)
        let world = try await World(count: 1 + random.next(3))
        var clients: [Int: Client] = [:]
        var taken: [Taken] = []
        for step in 0..<(6 + random.next(8)) {
            let mirror = random.next(world.mirrors.count)
            let field = random.next(2) == 0 ? "title" : "body"
            switch random.next(16) {
            case 0...2 where try !world.isDeleted(at: mirror):
                try await world.mirrors[mirror].write { [id = world.id] t in
                    try t.edit(id) { $0[field] = .string("e\(step)") }
                }
            case 3...5 where try !world.isDeleted(at: mirror):
                let (tag, versions, values) = try world.heads(at: mirror)
                clients[random.next(2)] = Client(
                    tag: tag, versions: versions, values: values, mirror: mirror,
                    rollbacks: world.rollbacks[mirror])
            case 6...10:
                guard let client = clients[random.next(2)] else { break }
                let namesVersions = random.next(2) == 0
                let repeats = 1 + random.next(2)
                for time in 0..<repeats {
                    let how = try patch(
                        world, at: mirror, field, "p\(step)", client, namesVersions: namesVersions, seed: seed
                    )
                    guard let how else { break }
                    if time == 0 {
                        taken.append(
                            Taken(field: field, value: "p\(step)", seen: client.values[field] ?? []))
                    } else {
                        #expect(how == .repeated, "seed \(seed), step \(step)")
                    }
                }
            case 11...13: try await world.sync(mirror, random.next(world.mirrors.count))
            case 14:
                if random.next(2) == 0 { try world.save(mirror) } else { try world.putBack(mirror) }
            default:
                if try !world.isDeleted(at: mirror) {
                    try await world.mirrors[mirror].write { [id = world.id] t in try t.delete(id) }
                }
            }
        }
        for _ in world.mirrors {
            for one in world.mirrors.indices {
                for other in 0..<one { try await world.sync(one, other) }
            }
        }
        try check(world, taken, seed: seed)
    }

    /// Nil where it was refused, which the mirror that was read may do only if it was put back since.
    private func patch(
        _ world: World, at mirror: Int, _ field: String, _ value: String, _ client: Client,
        namesVersions: Bool,
        seed: UInt64
    ) throws -> SeenEdit? {
        let seen: SeenState =
            namesVersions
            ? .versions(client.tag, [field: client.versions[field] ?? []]) : .tag(client.tag)
        do {
            return try world.mirrors[mirror].write { t in
                try t.edit(world.id, seen: seen, keepingBoth: true) { $0[field] = .string(value) }
            }
        } catch let error as QuipuError where error.code == .changedMeanwhile || error.code == .deleted {
            let isSame = mirror == client.mirror && world.rollbacks[mirror] == client.rollbacks
            #expect(!isSame || error.code == .deleted, "seed \(seed): \(error)")
            return nil
        }
    }

    private func check(_ world: World, _ taken: [Taken], seed: UInt64) throws {
        try world.mirrors[0].read { [id = world.id] snapshot in
            for field in ["title", "body"] {
                let story = try snapshot.story(of: id, field: field)
                let byName = Dictionary(story.versions.map { ($0.version, $0) }) { first, _ in first }
                func past(of values: Set<String>) -> Set<String> {
                    var found: Set<String> = []
                    var open = story.versions.filter { values.contains($0.value?.string ?? "") }
                    while let version = open.popLast() {
                        for name in version.replaces {
                            guard let replaced = byName[name], let text = replaced.value?.string,
                                found.insert(text).inserted
                            else { continue }
                            open.append(replaced)
                        }
                    }
                    return found
                }
                let standing = Set(
                    story.versions.filter { $0.replacedBy == nil }.compactMap { $0.value?.string })
                for edit in taken where edit.field == field {
                    // A mirror that was put back may have lost it.
                    guard story.versions.contains(where: { $0.value?.string == edit.value }) else { continue }
                    let unseen = past(of: [edit.value]).subtracting(edit.seen).subtracting(
                        past(of: edit.seen))
                    #expect(unseen.isEmpty, "seed \(seed): \(edit) has replaced \(unseen)")
                    #expect(
                        standing.isDisjoint(with: edit.seen), "seed \(seed): \(standing) beside \(edit)")
                }
            }
        }
    }

    @Test(arguments: 1...40)
    func `a stale edit replaces what its author saw and nothing else`(seed: UInt64) async throws {
        try await run(seed: seed)
    }
}

/// Numbers that follow from a seed (Steele, Lea and Flood 2014).
private struct SplitMix {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next(_ bound: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
    }
}
