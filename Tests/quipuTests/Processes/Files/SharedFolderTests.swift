import Foundation
import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// Who of a machine may use an archive's files: one person, or a group that shares it; and what the system's
    /// administrator does in it takes nothing from them.
    @Suite(.enabled(if: getuid() == 0))
    struct SharedFolderTests {
        private static let group = 54_300
        private let place: TemporaryFolder

        init() throws {
            place = try TemporaryFolder()
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: place.path)
        }

        /// Runs `quipu` as another user of the group, under a umask.
        private func run(as user: Int, umask: String = "022", _ words: String...) throws
            -> QuipuProcess.Outcome
        {
            let prefix = [
                "setpriv", "--reuid", "\(user)", "--regid", "\(Self.group)", "--clear-groups", "sh", "-c",
                "umask \(umask); exec \"$@\"", "sh",
            ]
            return try QuipuProcess.run(
                words, in: place.path, environment: ["QUIPU_AUTHOR": "user\(user)"], prefix: prefix)
        }

        private func rights(_ path: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: place.path(of: path))[.posixPermissions] as? Int
        }

        private func owner(_ path: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: place.path(of: path))[.ownerAccountID] as? Int
        }

        private func makeFolder(_ name: String, owner: Int, rights: Int) throws {
            let path = place.path(of: name)
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            #expect(chown(path, UInt32(owner), UInt32(Self.group)) == 0 && chmod(path, UInt32(rights)) == 0)
        }

        private func files(_ name: String) -> [String] {
            (FileManager.default.enumerator(atPath: place.path(of: name))?.allObjects as? [String] ?? []).map
            {
                name + "/" + $0
            }
        }

        @Test(arguments: ["000", "002", "022"])
        func `an archive is private to its owner under any umask`(umask: String) throws {
            try makeFolder("home", owner: 54_301, rights: 0o755)
            try place.write("x", to: "file")
            #expect(try run(as: 54_301, umask: umask, "init", "home/a").exitCode == 0)
            let id = try run(
                as: 54_301, umask: umask, "add", "article", "title=t", "--archive", "home/a", "--json")
            let text = try #require(id.json["id"]?.string)
            #expect(
                try run(as: 54_301, umask: umask, "attach", text, "file", "--archive", "home/a").exitCode == 0
            )
            #expect(try rights("home/a/.quipu") == 0o700)
            for file in files("home/a/.quipu") { #expect(try rights(file)! & 0o077 == 0, "\(file)") }
            #expect(try run(as: 54_302, "list", "--archive", "home/a").exitCode != 0)
        }

        /// Both write, attach and look, in turns; whatever one makes the other can use.
        private func expectBothWrite(_ archive: String, umask: String) throws {
            try place.write("x", to: "file")
            for round in 1...3 {
                for user in [54_301, 54_302] {
                    let made = try run(
                        as: user, umask: umask, "add", "article", "title=\(user) \(round)", "--archive",
                        archive, "--json")
                    #expect(made.exitCode == 0, "\(made)")
                    let id = try #require(made.json["id"]?.string)
                    let attached = try run(as: user, umask: umask, "attach", id, "file", "--archive", archive)
                    #expect(attached.exitCode == 0, "\(attached)")
                    #expect(
                        try run(as: user, umask: umask, "search", "\(round)", "--archive", archive).exitCode
                            == 0)
                }
            }
            for user in [54_301, 54_302] {
                #expect(try run(as: user, "list", "--archive", archive, "--json").lines.count == 12)
                #expect(try run(as: user, "verify", "--archive", archive).exitCode == 0)
                #expect(try run(as: user, umask: umask, "compact", "--archive", archive).exitCode == 0)
                let examined = try run(as: user, "doctor", "--archive", archive)
                #expect(
                    !examined.output.contains("leftover") && !examined.output.contains("not part of"),
                    "\(examined)")
            }
            // Each under a key of their own, which nobody else reads.
            let replicas = try [54_301, 54_302].map {
                try run(as: $0, "status", "--archive", archive, "--json").json["replica"]?.string
            }
            #expect(Set(replicas).count == 2)
            for file in files(archive + "/.quipu") where file.contains("local") {
                #expect(try rights(file)! & 0o077 == 0, "\(file)")
            }
            for file in files(archive + "/.quipu") { #expect(try rights(file)! & 0o007 == 0, "\(file)") }
        }

        @Test(arguments: ["002", "022", "077"])
        func `a shared archive belongs to its group under any umask`(umask: String) throws {
            try makeFolder("office", owner: 54_301, rights: 0o2775)
            let made = try run(as: 54_301, umask: umask, "init", "--shared", "office/a")
            #expect(made.exitCode == 0 && made.output.contains("shared with the group"), "\(made)")
            try expectBothWrite("office/a", umask: umask)
        }

        @Test func `an archive is shared automatically in a group's folder with a group's umask`() throws {
            try makeFolder("office", owner: 54_301, rights: 0o2775)
            #expect(try run(as: 54_301, umask: "002", "init", "office/a").exitCode == 0)
            try expectBothWrite("office/a", umask: "002")
            // With another umask it was meant for one.
            #expect(try run(as: 54_301, umask: "022", "init", "office/own").exitCode == 0)
            #expect(try rights("office/own/.quipu") == 0o700)
        }

        @Test func `a shared clone belongs to its group, and each member has remotes of their own`() throws {
            try makeFolder("office", owner: 54_301, rights: 0o2775)
            let source = try Machine("source", in: place)
            try source.quipu("init", "--name", "press")
            _ = try source.add(title: "The bridge opens")
            // Without it another user of this machine is refused.
            let server = try ServedRoot(place.path, options: ["--any-user"])
            #expect(
                try run(as: 54_301, "clone", "--shared", server.url + "/source", "office/a").exitCode == 0)
            #expect(try run(as: 54_302, "add", "article", "title=x", "--archive", "office/a").exitCode == 0)
            #expect(try run(as: 54_302, "remote", "list", "--archive", "office/a").output == "")
            #expect(
                try run(as: 54_302, "sync", server.url + "/source", "--archive", "office/a").exitCode == 0)
            #expect(try run(as: 54_301, "sync", "--archive", "office/a").exitCode == 0)
        }

        @Test func `a member of the group cannot replace another member's settings`() throws {
            try makeFolder("office", owner: 54_301, rights: 0o2775)
            #expect(try run(as: 54_301, "init", "--shared", "office/a").exitCode == 0)
            let path = place.path(of: "office/a/.quipu/local-54302.sqlite")
            try FileManager.default.copyItem(
                atPath: place.path(of: "office/a/.quipu/local.sqlite"), toPath: path)
            #expect(chown(path, 54_301, UInt32(Self.group)) == 0 && chmod(path, 0o666) == 0)
            let refused = try run(as: 54_302, "add", "article", "title=x", "--archive", "office/a")
            #expect(refused.exitCode == 1 && refused.errors.contains("belong to another user"), "\(refused)")
        }

        @Test func `files that the administrator creates in an archive belong to its owner`() throws {
            try makeFolder("home", owner: 54_301, rights: 0o755)
            #expect(try run(as: 54_301, "init", "home/a").exitCode == 0)
            let made = try run(as: 54_301, "add", "article", "title=t", "--archive", "home/a", "--json")
            let id = try #require(made.json["id"]?.string)
            try place.write("x", to: "file")
            let root = Machine("root", at: place.path)
            try root.quipu("attach", id, "file", "--archive", "home/a")
            try root.quipu("add", "article", "title=u", "--archive", "home/a")
            try root.quipu("token", "add", "--archive", "home/a", "--name", "x", "--role", "owner")
            let server = try ServedRoot(place.path(of: "home"))
            try root.quipu("clone", server.url + "/a", place.path(of: "copy"))
            try server.stop()
            for file in ["home/a/.quipu"] + files("home/a/.quipu") {
                #expect(try owner(file) == 54_301, "\(file)")
            }
            try place.write("y", to: "other")
            #expect(try run(as: 54_301, "attach", id, "other", "--archive", "home/a").exitCode == 0)
            #expect(try run(as: 54_301, "compact", "--archive", "home/a").exitCode == 0)
        }

        @Test func `an archive that the administrator creates in a user's folder belongs to the user`() throws
        {
            try makeFolder("home", owner: 54_301, rights: 0o755)
            try Machine("root", at: place.path).quipu("init", "home")
            #expect(try run(as: 54_301, "add", "article", "title=t", "--archive", "home").exitCode == 0)
        }

        @Test
        func
            `each member of a group has settings of their own, and files have the rights that the folder says`()
            throws
        {
            try makeFolder("group", owner: 54_301, rights: 0o2775)
            #expect(try run(as: 54_301, umask: "002", "init", "group", "--shared").exitCode == 0)
            let added = try run(as: 54_301, umask: "002", "add", "article", "title=t", "--archive", "group")
            #expect(added.exitCode == 0, "\(added)")
            for (user, name) in [(54_301, "Ana"), (54_302, "Ben")] {
                let set = try run(
                    as: user, umask: "002", "config", "author", name, "--local", "--archive", "group")
                #expect(set.exitCode == 0, "\(set)")
                let got = try run(as: user, "config", "author", "--archive", "group")
                #expect(got.output == name + "\n")
                let export = try run(
                    as: user, umask: "002", "export", "-o", "group/\(name).jsonl", "--archive", "group")
                #expect(export.exitCode == 0, "\(export)")
                #expect(try rights("group/\(name).jsonl") == 0o664 && owner("group/\(name).jsonl") == user)
            }
            #expect(
                try owner("group/.quipu/config") == 54_301 && owner("group/.quipu/config-54302") == 54_302)
            for name in files("group") {
                let attributes = try FileManager.default.attributesOfItem(atPath: place.path(of: name))
                #expect(attributes[.groupOwnerAccountID] as? Int == Self.group, "\(name)")
            }
            #expect(
                try run(as: 54_302, "doctor", "--archive", "group").output.contains("not part") == false)
        }
    }
}
