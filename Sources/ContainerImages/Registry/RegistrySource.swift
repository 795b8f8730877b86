import Checksum
import Foundation
import HTTPTransfer
import LambdaModel
import LaminaErrors
import SystemPackage

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// An image in a registry (OCI distribution specification, "Pull").
struct RegistrySource: ImageSource {
    var name: String { reference.description }

    private let reference: ImageReference
    private let root: URL
    private let blobs: BlobCache
    private let authorization: RegistryAuthorization
    private let schedule = RetrySchedule()

    /// - Parameter isPlain: Whether the registry is spoken to without TLS, as one on this machine always is.
    init(_ reference: ImageReference, isPlain: Bool, blobs: BlobCache, configuration: DockerConfiguration = DockerConfiguration()) throws {
        let isHTTP = isPlain || reference.isLoopback
        guard let root = URL(string: "\(isHTTP ? "http" : "https")://\(reference.endpoint)/v2/\(reference.repository)/") else {
            throw LaminaError(.invalidArgument, "'\(reference.registry)' is no registry's name")
        }
        self.reference = reference
        self.root = root
        self.blobs = blobs
        authorization = RegistryAuthorization(
            reference, isPlain: isPlain, configuration: configuration, session: blobs.downloader.session)
    }

    func manifest(for architecture: Architecture) async throws -> (bytes: [UInt8], digest: ImageDigest) {
        let answer = try await get("manifests/\(reference.digest?.description ?? reference.tag ?? "latest")")
        let found = ImageDigest(SHA256Digest(of: answer.body))
        let told = try answer.headers["docker-content-digest"].map { try ImageDigest($0) }
        if let expected = reference.digest ?? told, expected != found {
            throw LaminaError(.hashMismatch, "the manifest of \(name) has the digest \(found), but \(expected) is expected")
        }
        return (answer.body, found)
    }

    func manifest(_ descriptor: Descriptor) async throws -> [UInt8] {
        let body = try await get("manifests/\(descriptor.digest)").body
        let found = ImageDigest(SHA256Digest(of: body))
        guard found == descriptor.digest, body.count == descriptor.size else {
            throw LaminaError(
                .hashMismatch,
                "a manifest of \(name) has the digest \(found) and \(body.count) bytes, but \(descriptor.digest) and \(descriptor.size) are expected"
            )
        }
        return body
    }

    func blob(_ descriptor: Descriptor, progress: @escaping @Sendable (Int) -> Void) async throws -> FilePath {
        try await blobs.file(
            descriptor, from: root.appendingPathComponent("blobs/\(descriptor.digest)"), authorization, progress: progress)
    }

    private func get(_ path: String) async throws -> HTTPAnswer {
        let url = root.appendingPathComponent(path)
        let answer = try await schedule.run {
            let answer = try await authorized(url)
            guard !answer.isTransient else { throw answer.unavailable("asked for \(name), \(reference.registry)") }
            return answer
        }
        switch answer.status {
        case 200: break
        case 401, 403:
            guard answer.otherHost == nil else { fallthrough }
            throw LaminaError(
                .accessDenied,
                "\(reference.registry) refuses to give \(name), which may not be there; it\(answer.refusal): \(await authorization.advice)")
        case 404: throw LaminaError(.notFound, "\(reference.registry) has no image \(name): it\(answer.refusal)")
        default: throw answer.unavailable("asked for \(name), \(reference.registry)")
        }
        guard answer.body.count <= ManifestDocument.sizeLimit else {
            throw LaminaError(.limitExceeded, "the manifest of \(name) has more than \(ManifestDocument.sizeLimit) bytes")
        }
        return answer
    }

    /// Sends a request, and once more after its authorization was renewed.
    private func authorized(_ url: URL) async throws -> HTTPAnswer {
        let header = await authorization.header()
        let answer = try await send(url, header)
        guard answer.status == 401, answer.otherHost == nil else { return answer }
        try await authorization.renew(after: header, answer.headers["www-authenticate"])
        return try await send(url, await authorization.header())
    }

    private func send(_ url: URL, _ header: String?) async throws -> HTTPAnswer {
        var request = URLRequest(url: url, timeoutInterval: 60)
        request.setValue(MediaType.accepted, forHTTPHeaderField: "Accept")
        if let header { request.setValue(header, forHTTPHeaderField: "Authorization") }
        do {
            return try await blobs.downloader.session.run(request, Transfer(followsRedirections: true))
        } catch let error as LaminaError where error.code == .network {
            throw LaminaError(.network, "cannot reach \(reference.registry) for \(name)", cause: error)
        }
    }
}
