import HTTPTransfer
import LaminaErrors

/// A caller in a region: all that is needed to speak to any of AWS's services, or to a server in their place.
public struct Connection: Sendable {
    private let settings: ConnectionSettings
    private let credentials: Credentials
    private let owner = SessionOwner()
    /// The region that is asked in.
    public let region: String

    /// Fetches the credentials; nothing is sent yet.
    ///
    /// - Parameter fallbackRegion: The region that an ARN names, for where nothing else names one.
    /// - Throws: ``LaminaError``, saying which setting lacks.
    public init(_ settings: ConnectionSettings, fallbackRegion: String? = nil) async throws {
        self.settings = settings
        region = try settings.region(fallback: fallbackRegion)
        credentials = try await settings.credentialSource.load()
    }

    func sender(_ service: Service) throws -> ServiceSender {
        ServiceSender(
            service: service, region: region, endpoint: try settings.endpoint(of: service, region: region), credentials: credentials,
            owner: owner, namesCertificates: settings.namesCertificates)
    }

    /// Downloads need no signature, but the same session.
    var session: TransferSession { owner.session }
}

/// Owns a session, and lets it go at its own end.
final class SessionOwner: Sendable {
    let session = TransferSession()

    deinit { session.invalidate() }
}
