import Foundation
import LambdaModel
import Storage

/// What PutFunctionEventInvokeConfig and UpdateFunctionEventInvokeConfig take; nil where a request names nothing.
public struct EventInvokeSettings: Sendable {
    public var maximumRetryAttempts: Int?
    public var maximumEventAge: Int?
    /// Empty to take it away.
    public var onSuccess: String?
    public var onFailure: String?

    public init(maximumRetryAttempts: Int?, maximumEventAge: Int?, onSuccess: String?, onFailure: String?) {
        self.maximumRetryAttempts = maximumRetryAttempts
        self.maximumEventAge = maximumEventAge
        self.onSuccess = onSuccess
        self.onFailure = onFailure
    }

    var isEmpty: Bool { maximumRetryAttempts == nil && maximumEventAge == nil && onSuccess == nil && onFailure == nil }

    func apply(to config: inout EventInvokeConfig) {
        if let maximumRetryAttempts { config.maximumRetryAttempts = maximumRetryAttempts }
        if let maximumEventAge { config.maximumEventAge = maximumEventAge }
        if let onSuccess { config.onSuccess = onSuccess.isEmpty ? nil : onSuccess }
        if let onFailure { config.onFailure = onFailure.isEmpty ? nil : onFailure }
    }
}

extension Registry {
    /// Sets how asynchronous invocations are treated: all of it, or what is named.
    public func setEventInvoke(
        _ nameOrARN: String, qualifier: String?, _ settings: EventInvokeSettings, replaces: Bool, by caller: Caller
    ) async throws -> (arn: FunctionARN, config: EventInvokeConfig) {
        var validation = Validation()
        validation.requireRange("maximumRetryAttempts", settings.maximumRetryAttempts, EventInvokeConfig.attempts)
        validation.requireRange("maximumEventAgeInSeconds", settings.maximumEventAge, EventInvokeConfig.eventAge)
        validation.require("destinationConfig.onSuccess.destination", settings.onSuccess, .destination, length: 0...350)
        validation.require("destinationConfig.onFailure.destination", settings.onFailure, .destination, length: 0...350)
        try validation.finish()
        let action = replaces ? "lambda:PutFunctionEventInvokeConfig" : "lambda:UpdateFunctionEventInvokeConfig"
        let arn = latestQualified(try resolve(nameOrARN, qualifier: qualifier, action, caller))
        guard !settings.isEmpty else {
            throw APIError.invalidParameter("You must specify at least one of error handling or destination setting.")
        }
        let config = try await catalog.write { catalog in
            guard var record = try catalog.functionRecord(arn.scope, arn.name), (try? Self.find(arn, catalog)) != nil else {
                throw APIError.resourceNotFound("The function doesn't exist.")
            }
            try Self.requireDestination("onSuccess", settings.onSuccess, arn, catalog)
            try Self.requireDestination("onFailure", settings.onFailure, arn, catalog)
            let key = arn.qualifier ?? ""
            var config = EventInvokeConfig(lastModified: Date())
            if !replaces {
                guard let current = record.attributes.eventInvoke?[key] else { throw Self.noEventInvoke(arn) }
                config = current
                config.lastModified = Date()
            }
            settings.apply(to: &config)
            record.attributes.eventInvoke = (record.attributes.eventInvoke ?? [:]).merging([key: config]) { $1 }
            try catalog.update(record, arn.scope, arn.name)
            return config
        }
        return (arn, config)
    }

    /// - Throws: `APIError` ResourceNotFoundException where there is none.
    public func eventInvoke(
        _ nameOrARN: String, qualifier: String?, for caller: Caller
    ) throws -> (arn: FunctionARN, config: EventInvokeConfig) {
        let arn = latestQualified(try resolve(nameOrARN, qualifier: qualifier, "lambda:GetFunctionEventInvokeConfig", caller))
        let config = try catalog.read { try $0.functionRecord(arn.scope, arn.name)?.attributes.eventInvoke?[arn.qualifier ?? ""] }
        guard let config else { throw Self.noEventInvoke(arn) }
        return (arn, config)
    }

    /// - Throws: `APIError` ResourceNotFoundException where there is none.
    public func deleteEventInvoke(_ nameOrARN: String, qualifier: String?, by caller: Caller) async throws {
        let arn = latestQualified(try resolve(nameOrARN, qualifier: qualifier, "lambda:DeleteFunctionEventInvokeConfig", caller))
        try await catalog.write { catalog in
            guard var record = try catalog.functionRecord(arn.scope, arn.name),
                record.attributes.eventInvoke?.removeValue(forKey: arn.qualifier ?? "") != nil
            else { throw Self.noEventInvoke(arn) }
            try catalog.update(record, arn.scope, arn.name)
        }
    }

    /// All of a function's configurations, by qualifier.
    public func eventInvokes(
        of nameOrARN: String, _ request: PageRequest, for caller: Caller
    ) throws -> Page<(arn: FunctionARN, config: EventInvokeConfig)> {
        let size = try request.size(Limits.layerPage)
        let arn = try resolve(nameOrARN, "lambda:ListFunctionEventInvokeConfigs", caller).unqualified
        guard let record = try catalog.read({ try $0.functionRecord(arn.scope, arn.name) }) else {
            throw APIError.resourceNotFound("The function doesn't exist.")
        }
        // $LATEST, then the versions by number, then the aliases by name.
        func rank(_ qualifier: String) -> (Int, Int, String) {
            (qualifier == "$LATEST" ? 0 : qualifier.isVersionNumber ? 1 : 2, Int(qualifier) ?? 0, qualifier)
        }
        let configs = (record.attributes.eventInvoke ?? [:]).sorted { rank($0.key) < rank($1.key) }
            .filter { configuration in request.marker.map { rank(configuration.key) > rank($0) } ?? true }
        return Page(
            configs.map { (FunctionARN(scope: arn.scope, name: arn.name, qualifier: $0.key), $0.value) }, size: size,
            marker: { $0.arn.qualifier ?? "" })
    }

    private func latestQualified(_ arn: FunctionARN) -> FunctionARN {
        FunctionARN(scope: arn.scope, name: arn.name, qualifier: arn.qualifier ?? "$LATEST")
    }

    private static func noEventInvoke(_ arn: FunctionARN) -> APIError {
        .resourceNotFound("The function \(arn) doesn't have an EventInvokeConfig")
    }

    /// The function that is told of an event's outcome; nil for a destination of another service, and for a function that the event's own
    /// account may not invoke any more.
    public func destination(_ text: String, of event: QueuedEvent) throws -> FunctionARN? {
        guard Self.service(ofARN: text) == "lambda", let target = FunctionARN(nameOrARN: text, scope: event.scope) else { return nil }
        return try catalog.read { try Self.allowsInvocation(target, from: event.scope.account, $0) } ? target : nil
    }

    private static func service(ofARN text: String) -> String {
        text.split(separator: ":", omittingEmptySubsequences: false).dropFirst(2).first.map(String.init) ?? ""
    }

    /// A destination is another function of ours; of AWS's other services there are none here, so their ARNs are only kept.
    private static func requireDestination(_ member: String, _ text: String?, _ arn: FunctionARN, _ catalog: CatalogTransaction) throws {
        guard let text, !text.isEmpty else { return }
        let service = service(ofARN: text)
        guard text.hasPrefix("arn:"), ["sqs", "sns", "lambda", "events", "s3"].contains(service) else {
            let isSuccess = member == "onSuccess"
            throw APIError.invalidParameter(
                "The provided destination config DestinationConfig(onSuccess=\(isSuccess ? "OnSuccess(destination=\(text))" : "null"), onFailure=\(isSuccess ? "null" : "OnFailure(destination=\(text))")) is invalid."
            )
        }
        guard service == "lambda" else { return }
        guard let target = FunctionARN(nameOrARN: text, scope: arn.scope), (try? find(target, catalog)) != nil,
            try allowsInvocation(target, from: arn.scope.account, catalog)
        else {
            throw APIError.invalidParameter("The destination ARN \(text) is invalid.")
        }
        guard target.unqualified != arn.unqualified else {
            throw APIError.invalidParameter("You can't specify the function as a destination for itself.")
        }
    }
}
