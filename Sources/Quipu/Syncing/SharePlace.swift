internal import Glibc
internal import QuipuCausality
internal import QuipuReplication
internal import QuipuReplicationHTTP
internal import QuipuStorage

/// An archive that another machine shares: what it said of it, and how it is reached.
struct SharePlace {
    let address: ShareAddress
    /// As the server calls it.
    let name: String
    let archive: ArchiveID
    /// Without what belongs to other servers: a token of theirs must not be sent here.
    let link: LinkOptions
    private let access: RemoteAccess

    /// Asks the server what it shares. Nothing of it counts as a use of the code.
    ///
    /// - Throws: `ReplicationError`, `QuipuError`.
    init(at address: ShareAddress, code: ShareCode, link: LinkOptions) throws {
        let keys = try ShareKeys(code)
        var link = link
        link.completeForServer = nil
        link.token = nil
        link.allowsPlainHTTP = false
        var access = RemoteAccess(token: keys.token)
        access.pinnedKey = keys.pin
        let answer = try ShareQuestion(
            to: address.base, access: access, timeoutSeconds: link.timeoutSeconds
        ).ask()
        guard let archive = Hexadecimal.bytes(answer.archive).flatMap({ ArchiveID(bytes: $0) }) else {
            throw ReplicationError(.malformed, "\(address.text) does not say which archive it shares")
        }
        self.address = address
        self.link = link
        self.access = access
        self.archive = archive
        name = answer.name
    }

    /// The place to exchange with, for the replica in a folder.
    func place(forReplicaIn path: String) -> RemotePlace {
        var access = access
        access.replica = Self.replica(in: path, token: access.token ?? "")
        return RemotePlace(
            name: nil, location: "\(address.base)/\(name)", label: address.text, access: access)
    }

    /// - Throws: `ReplicationError.otherArchive`.
    func require(_ id: ArchiveID) throws(ReplicationError) {
        guard id != archive else { return }
        throw ReplicationError(
            .otherArchive, "\(address.text) shares another archive, '\(name)'",
            hint: "nothing was exchanged; run it in the folder of its mirror, or make one",
            remedy: nil)
    }

    /// The same for each request of a replica, also when a clone is resumed, and unlike that of any other. It is hashed with
    /// the token, so it tells the server nothing about this machine.
    private static func replica(in path: String, token: String) -> String {
        let machine = SmallFile.text("/etc/machine-id", maximumBytes: 256) ?? ""
        var host = [CChar](repeating: 0, count: 256)
        gethostname(&host, host.count - 1)
        let hostName = host.prefix { $0 != 0 }.map { String(UInt8(bitPattern: $0)) }.joined(separator: ".")
        let facts = ["quipu share replica", token, machine, hostName, "\(getuid())", settled(path)]
        let hash = BLAKE2b.hash16(Array(facts.joined(separator: "\0").utf8))
        return Hexadecimal.text(withUnsafeBytes(of: hash.bigEndian) { Array($0) })
    }

    /// The same path before and after there is something at it.
    private static func settled(_ path: String) -> String {
        let path = RemotePlace.absolute(path)
        guard let slash = path.lastIndex(of: "/") else { return path }
        return RemotePlace.absolute(String(path[..<slash])) + path[slash...]
    }
}

extension SharePlace {
    /// Calls lower layers, and says of their errors what they mean for a share.
    static func explaining<Result>(_ address: ShareAddress, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as ReplicationError {
            throw explained(error, address)
        }
    }

    private static func explained(_ error: ReplicationError, _ address: ShareAddress) -> any Error {
        func explained(
            _ code: QuipuError.Code, _ message: String, _ remedy: String, isPassing: Bool = false
        ) -> QuipuError {
            QuipuError(
                code, message, isPassing: isPassing, remedy: .init(remedy, String(address.port)),
                origin: .mirror)
        }
        let place = address.text
        switch error.code {
        case .otherKey:
            return explained(
                .wrongFingerprint, "what answers at \(place) does not have this code", "checkShareCode")
        case .shareExpired:
            return explained(.shareExpired, "the code has expired at \(place)", "shareAgain")
        case .shareEnded:
            return explained(
                .shareEnded, "too many wrong codes have ended the share at \(place)", "shareAgain")
        case .shareTaken:
            return explained(.shareTaken, "another replica has used the code at \(place)", "shareForMany")
        case .unauthorized:
            return explained(.unauthorized, "the code is not known at \(place)", "checkShareCode")
        case .unreachable where error.remedy?.kind == .trustCertificate:
            return explained(
                .init(rawValue: ReplicationError.Code.notQuipu.rawValue),
                "what answers at \(place) shares no archive", "checkShareAddress")
        case .notQuipu, .moved:
            return explained(
                .init(rawValue: error.code.rawValue),
                "what answers at \(place) shares no archive", "checkShareAddress")
        case .unreachable:
            let message = error.message.replacing(address.base, with: place)
            return explained(.unreachable, message, "reachShare", isPassing: true)
        default: return error
        }
    }
}
