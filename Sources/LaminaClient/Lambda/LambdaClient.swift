import Foundation
import HTTPTransfer
import LaminaErrors

/// Lambda's layer operations, at AWS or at any server that speaks its API.
///
/// Every operation throws a ``LaminaError``; where the service refused, its `serviceError` says by which name.
public struct LambdaClient: Sendable {
    let connection: Connection
    private let sender: ServiceSender

    /// - Throws: ``LaminaError`` when the endpoint that is set is no URL.
    public init(_ connection: Connection) throws {
        self.connection = connection
        sender = try connection.sender(.lambda)
    }

    /// The region that is asked in.
    public var region: String { connection.region }

    /// Where the operations go.
    public var endpoint: ServiceEndpoint { sender.endpoint }

    @discardableResult
    func send(_ request: ServiceRequest, progress: TransferProgress? = nil) async throws -> HTTPAnswer {
        try await sender.send(request, progress: progress)
    }

    func decode<T: Decodable>(_ type: T.Type, from answer: HTTPAnswer, of request: ServiceRequest) throws -> T {
        do {
            return try JSONDecoder().decode(type, from: Data(answer.body))
        } catch {
            throw LaminaError(.corrupt, "cannot \(request.purpose): \(endpoint) answers otherwise than Lambda does", cause: error)
        }
    }

    /// All items of a list that comes in pages.
    ///
    /// - Throws: ``LaminaError`` `corrupt` when the pages run in a circle: a part of a list shall not be taken for the whole.
    func all<Page: ListPage>(_ type: Page.Type, _ request: ServiceRequest) async throws -> [Page.Item] {
        var items: [Page.Item] = []
        var marker: String?
        var seen: Set<String> = []
        repeat {
            var request = request
            if let marker { request.query.append(("Marker", marker)) }
            let page = try decode(type, from: try await send(request), of: request)
            items += page.items
            marker = page.nextMarker.flatMap { $0.isEmpty ? nil : $0 }
            if let marker, !seen.insert(marker).inserted {
                throw LaminaError(.corrupt, "cannot \(request.purpose): \(endpoint) gives a page of the list that it gave before")
            }
        } while marker != nil
        return items
    }
}

/// One page of a list.
protocol ListPage: Decodable {
    associatedtype Item
    var items: [Item] { get }
    /// What asks for the next page; nil on the last.
    var nextMarker: String? { get }
}
