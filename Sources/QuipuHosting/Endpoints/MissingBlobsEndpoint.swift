internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuHTTPServer
internal import QuipuStorage

/// `POST /v1/archives/{name}/missing-blobs`: which of these contents are missing. One request replaces a thousand
/// HEADs.
struct MissingBlobsEndpoint {
    /// A hash takes 64 digits, two quotation marks and a comma.
    private static let maximumBodyBytes = Limits.blobsPerQuestion * 80 + 1_024

    let name: String
    let backend: any ArchiveBackend

    /// - Parameter place: the reservation, held until the response is made.
    func exchange(place: AdmissionControl.Place) throws -> any HTTPRequestHandler {
        guard let archive = try backend.archive(named: name) else { throw Problem.noSuchArchive(name) }
        guard let blobs = archive.blobs else { throw Problem.noBlobs }
        return BufferedRequestHandler(limitBytes: Self.maximumBodyBytes) { body in
            withExtendedLifetime(place) {
                do { return try Self.answer(body, from: blobs) } catch { return Problem(error).response }
            }
        }
    }

    private static func answer(_ body: [UInt8], from blobs: any BlobStore) throws -> HTTPResponse {
        guard let names = (try? JSONParser().parse(body))?["hashes"]?.array,
            names.count <= Limits.blobsPerQuestion
        else {
            throw Problem.malformedQuestion
        }
        let hashes = try names.map { name in
            guard let hash = name.string.flatMap({ BlobHash(text: $0) }) else {
                throw Problem.malformedQuestion
            }
            return hash
        }
        let missing = try blobs.missing(among: hashes)
        let answer = JSONMember(
            name: "missing", value: .array(missing.map { .string($0.hexadecimal) }))
        return HTTPResponse(
            status: 200, headers: [("Content-Type", "application/json")],
            body: .bytes(JSONValue.object([answer]).canonicalBytes()))
    }
}
