import Foundation
import QuipuCanonicalJSON

/// A collection of articles as plain text: eighteen paragraphs, two of them equal, the last one broken off, some
/// about a man called Lenín. The project's own seeds where they lie beside the repository, else these.
enum SampleCollection {
    static let text: String = {
        let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../../..").standardized
        let seeds = repository.appendingPathComponent("shared/seeds")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: seeds.path)) ?? []
        guard let name = names.filter({ $0.hasSuffix(".txt") }).sorted().first,
            let text = try? String(contentsOf: seeds.appendingPathComponent(name), encoding: .utf8)
        else { return own }
        return text
    }()

    static let own =
        """
        The bridge at Marancas opens on Friday. Lenín Quispe, who welded its railing, will cross first. The \
        municipality has not said who pays for the lights.

        Nobody at the dairy was told of the sale. The new owners came with a locksmith at six in the morning.

        Water in the canal fell by a third in August. Farmers above the weir blame those below, and the other way \
        round.

        “We count ships, not promises,” says the harbour master. Eleven came in July; nine left again.

        Lenín Quispe has been dismissed. The works council learned of it from the radio.

        The school in Alto Perales has two teachers and no roof. Lessons move to the chapel when it rains.

        Two hundred bakers marched to the ministry. They carried empty trays.

        The railway will not return before spring, the company says. The station clock was repaired nonetheless.

        A court has ordered that the archive of the mine be kept. It fills four rooms, and mice live in one.

        Two hundred bakers marched to the ministry. They carried empty trays.

        The nurses’ strike enters its third week. In the capital, hospitals treat emergencies only.

        Who owns the lake? Three villages say that they do, and a bottling plant has a paper that says otherwise.

        The harvest of quinoa is early. Prices fell on the first market day and have not risen since.

        Lenín and his sister began a cooperative in the old tannery. It has nineteen members and one sewing machine.

        Fog kept the fleet in port for nine days. Insurance does not pay for fog.

        The night bus has a new route. It no longer stops at the hospital, which is why people take it to court.

        A printer in Obermühlen sets type by hand again. Customers wait for months and do not complain.

        The council meets on Monday to decide whether the
        """
}
