import QuipuCanonicalJSON
import Support
import Testing

/// An office that serves archives, and two people who hold the same one: Ana began it, Ben has a clone.
final class Office {
    let place: TemporaryFolder
    let server: ServedRoot
    let ana: Machine
    let ben: Machine

    /// - Parameter articles: titles of those that Ana has before Ben takes his clone.
    init(articles: [String] = []) throws {
        place = try TemporaryFolder()
        server = try ServedRoot(place.path(of: "office"))
        ana = try Machine("ana", in: place)
        ben = try Machine("ben", in: place)
        try ana.quipu("init", "--name", "press")
        try ana.quipu("remote", "add", "origin", url)
        for title in articles { _ = try ana.add(title: title) }
        try ana.sync()
        try ben.quipu("clone", url, ".")
    }

    var url: String { server.url + "/press" }

    /// Ana, Ben, Ana: then both hold all. Conflicts are no failure here.
    func syncAll(sourceLocation: SourceLocation = #_sourceLocation) throws {
        for machine in [ana, ben, ana] {
            let outcome = try machine.run(["sync", "--json"])
            #expect([0, 3].contains(outcome.exitCode), "\(outcome)", sourceLocation: sourceLocation)
            #expect(outcome.json["inSync"]?.bool == true, sourceLocation: sourceLocation)
        }
        try expectSame(ana, ben, sourceLocation: sourceLocation)
    }
}

/// All of them hold the same, to the last version, and nothing is damaged.
func expectSame(_ machines: Machine..., sourceLocation: SourceLocation = #_sourceLocation) throws {
    let digests = try machines.map { try $0.digest }
    #expect(Set(digests).count == 1, sourceLocation: sourceLocation)
    for machine in machines { try machine.expectUndamaged(sourceLocation: sourceLocation) }
}
