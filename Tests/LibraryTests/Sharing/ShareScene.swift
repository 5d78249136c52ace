import Foundation
import QuipuHTTPClient
import QuipuHTTPServer
import Support
import Synchronization
import Testing

@testable import Quipu

/// Two mirrors of an archive, and what stands between them; over the loopback address.
struct ShareScene {
    let folder: TemporaryFolder
    let ana: Archive
    let ben: Archive

    init() throws {
        folder = try TemporaryFolder()
        ana = try Archive.create(at: folder.path + "/ana", named: "press", as: "Ana Ruiz")
        let path = folder.path + "/ben"
        _ = try ana.write { t in try t.add(.article) { $0.title = "Water" } }
        let world = ArchiveEnvironment.system
        _ = try Archive.clone(ana.path, to: path, CloneRequest(), in: world)
        ben = try Archive.open(at: path, as: "Ben Okoye")
    }

    func share(_ adjust: (inout Share.Options) -> Void = { _ in }) throws -> Share {
        var options = Share.Options()
        options.address = "127.0.0.1:0"
        adjust(&options)
        return try Share(ana, options)
    }

    /// Listens with the certificate of a code, and counts what it is asked.
    func listener(
        with code: ShareCode, answer: HTTPResponse, counting: Counter = Counter()
    ) throws -> HTTPListener {
        let keys = try ShareKeys(code)
        var configuration = HTTPListener.Configuration()
        configuration.certificate = .init(chain: keys.certificate, key: keys.privateKey)
        configuration.requiresTLS13 = true
        return try HTTPListener(configuration: configuration) { _ in
            counting.add()
            return .respond(answer)
        }
    }

    final class Counter: Sendable {
        private let number = Atomic(0)
        func add() { number.add(1, ordering: .relaxed) }
        var count: Int { number.load(ordering: .relaxed) }
    }

    /// The error of a sync with what listens there.
    func refusal(_ archive: Archive, _ address: ShareAddress, _ code: ShareCode) -> QuipuError? {
        do throws(QuipuError) {
            _ = try archive.sync(withShareAt: address, code: code)
            return nil
        } catch {
            return error
        }
    }

    func address(_ port: UInt16) -> ShareAddress { ShareAddress(host: "127.0.0.1", port: port) }
}
