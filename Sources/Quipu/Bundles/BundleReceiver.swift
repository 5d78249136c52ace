internal import QuipuCausality
internal import QuipuReplication
internal import QuipuStorage

/// Whom a bundle is for, as a person names it.
struct BundleReceiver {
    let receiver: BundleCreation.Receiver
    let basis: CreatedBundle.Basis

    /// Digits of a key by which somebody may be named.
    private static let leastKeyDigits = 4

    /// Some names that a person may give, of senders and remotes.
    private static func knownNames(_ senders: [BundleSender], in store: Store) throws -> String {
        var names: [String] = []
        for name in senders.map(\.name) + (try store.remotes.all().map(\.name)) where !names.contains(name) {
            names.append(name)
        }
        return names.prefix(20).joined(separator: ", ")
    }

    /// - Throws: `StorageError.unknownRemote`.
    init(_ word: String, of store: Store) throws {
        let senders = try store.bundleSenders.all()
        func origin(of sender: BundleSender) -> Origin { SigningKey.origin(ofPublicKey: sender.key) }
        let digits = word.lowercased().filter { $0 != " " }
        var found = senders.filter { $0.name == word }
        if found.isEmpty, digits.count >= Self.leastKeyDigits {
            found = senders.filter { origin(of: $0).hexadecimal.hasPrefix(digits) }
        }
        if found.count > 1 {
            let keys = found.map { String(origin(of: $0).hexadecimal.prefix(8)) }
            throw StorageError(
                .unknownRemote, "several senders of bundles are called '\(word)'",
                hint: "say which by the first digits of the key: \(keys.joined(separator: ", "))")
        }
        if let sender = found.first {
            let told = BundleKnowledge(remembered: sender.told)
            receiver = BundleCreation.Receiver(
                origin: origin(of: sender), name: sender.name, told: told ?? BundleKnowledge())
            basis = told == nil ? .none : .bundle(madeAtMilliseconds: sender.madeAtMilliseconds)
            return
        }
        guard let remote = try store.remotes.all().first(where: { $0.name == word }) else {
            throw StorageError(
                .unknownRemote,
                "nobody called '\(word)' is known here: no remote, and nobody whose bundle was applied",
                remedy: Remedy(.nameReceiver, try Self.knownNames(senders, in: store)))
        }
        var told = BundleKnowledge()
        var basis = CreatedBundle.Basis.none
        if let agreement = remote.agreement {
            let agreed = try store.reading { try store.log.knowledge(at: agreement.ownPosition) }
            if agreed.hash == agreement.vectorHash {
                told = BundleKnowledge(agreed)
                basis = .sync(atMilliseconds: remote.syncedAtMilliseconds)
            }
        }
        receiver = BundleCreation.Receiver(origin: nil, name: remote.name, told: told)
        self.basis = basis
    }
}
