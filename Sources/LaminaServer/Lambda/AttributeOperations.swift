import AWSWire
import Foundation
import Hummingbird
import LambdaModel
import Registry

extension LambdaService {
    // MARK: Tags

    func tagResource(_ request: SignedRequest, _ resource: String) async throws -> Response {
        let tags = try await input(request).map("Tags")
        var validation = Validation()
        validation.requirePresence("tags", tags != nil)
        try validation.finish()
        try await registry.tag(resource, tags ?? [:], by: request.caller)
        return Response(status: .noContent)
    }

    func untagResource(_ request: SignedRequest, _ resource: String) async throws -> Response {
        try await registry.untag(resource, request.query.pairs.filter { $0.name == "tagKeys" }.map(\.value), by: request.caller)
        return Response(status: .noContent)
    }

    // MARK: Policies

    func addPermission(_ request: SignedRequest, _ name: String) async throws -> Response {
        let input = try await input(request)
        var grant = FunctionGrant()
        grant.statementID = try input.string("StatementId")
        grant.action = try input.string("Action")
        grant.principal = try input.string("Principal")
        grant.sourceARN = try input.string("SourceArn")
        grant.sourceAccount = try input.string("SourceAccount")
        grant.eventSourceToken = try input.string("EventSourceToken")
        grant.functionURLAuthType = try input.string("FunctionUrlAuthType")
        grant.invokedViaFunctionURL = try input.bool("InvokedViaFunctionUrl")
        grant.organizationID = try input.string("PrincipalOrgID")
        let statement = try await registry.addPermission(
            name, qualifier: request.query["Qualifier"], grant, revisionID: try input.string("RevisionId"), by: request.caller)
        return json(["Statement": .string(statement.document.text)], status: .created)
    }

    func getPolicy(_ request: SignedRequest, _ name: String) throws -> Response {
        let policy = try registry.policy(name, qualifier: request.query["Qualifier"], for: request.caller)
        return json(["Policy": .string(policy.document.text), "RevisionId": .string(policy.revisionID)])
    }

    func removePermission(_ request: SignedRequest, _ name: String, _ statement: String) async throws -> Response {
        try await registry.removePermission(
            name, qualifier: request.query["Qualifier"], statement, revisionID: request.revisionID, by: request.caller)
        return Response(status: .noContent)
    }

    // MARK: Concurrency

    func putConcurrency(_ request: SignedRequest, _ name: String) async throws -> Response {
        let count = try await input(request).integer("ReservedConcurrentExecutions")
        var validation = Validation()
        validation.requirePresence("reservedConcurrentExecutions", count != nil)
        try validation.finish()
        try await registry.reserveConcurrency(count, for: name, by: request.caller)
        return json(["ReservedConcurrentExecutions": count.map(JSONValue.integer)])
    }

    func getConcurrency(_ request: SignedRequest, _ name: String) throws -> Response {
        json(["ReservedConcurrentExecutions": try registry.reservedConcurrency(of: name, for: request.caller).map(JSONValue.integer)])
    }

    func getAccountSettings(_ request: SignedRequest) throws -> Response {
        let settings = try registry.accountSettings(for: request.caller)
        return json([
            "AccountLimit": [
                "TotalCodeSize": .integer(settings.codeStorage), "CodeSizeUnzipped": .integer(Limits.unzipped),
                "CodeSizeZipped": .integer(Limits.zippedDirect), "ConcurrentExecutions": .integer(settings.concurrency),
                "UnreservedConcurrentExecutions": .integer(settings.unreservedConcurrency),
            ],
            "AccountUsage": ["TotalCodeSize": .integer(settings.codeSize), "FunctionCount": .integer(settings.functions)],
        ])
    }

    // MARK: Asynchronous invocations

    func setEventInvoke(_ request: SignedRequest, _ name: String, replaces: Bool) async throws -> Response {
        let input = try await input(request)
        let destinations = try input.object("DestinationConfig")
        let settings = EventInvokeSettings(
            maximumRetryAttempts: try input.integer("MaximumRetryAttempts"),
            maximumEventAge: try input.integer("MaximumEventAgeInSeconds"),
            onSuccess: try destinations?.object("OnSuccess").map { try $0.string("Destination") ?? "" },
            onFailure: try destinations?.object("OnFailure").map { try $0.string("Destination") ?? "" })
        let (arn, config) = try await registry.setEventInvoke(
            name, qualifier: request.query["Qualifier"], settings, replaces: replaces, by: request.caller)
        return json(config.document(of: arn))
    }

    func getEventInvoke(_ request: SignedRequest, _ name: String) throws -> Response {
        let (arn, config) = try registry.eventInvoke(name, qualifier: request.query["Qualifier"], for: request.caller)
        return json(config.document(of: arn))
    }

    func listEventInvokes(_ request: SignedRequest, _ name: String) throws -> Response {
        let page = try registry.eventInvokes(of: name, try page(request, .listFunctionEventInvokeConfigs), for: request.caller)
        return json([
            "FunctionEventInvokeConfigs": .array(page.elements.map { $0.config.document(of: $0.arn) }),
            "NextMarker": marker(page.nextMarker, .listFunctionEventInvokeConfigs),
        ])
    }

    // MARK: What this server never sets

    /// The answers for settings that tools ask for, and that no function has here.
    func unset(_ operation: LambdaOperation, _ name: String, _ request: SignedRequest) throws -> Response {
        if operation == .listEventSourceMappings { return json(["EventSourceMappings": .array([])]) }
        let found: QualifiedFunction
        do {
            found = try registry.function(name, qualifier: request.query["Qualifier"], operation.action, for: request.caller)
        } catch let error as APIError where error.status == 404 && operation == .getFunctionUrlConfig {
            throw APIError.resourceNotFound("The resource you requested does not exist.")
        }
        switch operation {
        case .getRuntimeManagementConfig:
            let arn = FunctionARN(scope: found.function.scope, name: found.function.name, qualifier: found.qualifier ?? "$LATEST")
            return json(["UpdateRuntimeOn": "Auto", "FunctionArn": .string(arn.description)])
        case .getFunctionRecursionConfig: return json(["RecursiveLoop": "Terminate"])
        case .listProvisionedConcurrencyConfigs:
            guard request.query["List"] == "ALL" else {
                throw APIError(
                    "ProvisionedConcurrencyConfigNotFoundException", status: 404,
                    "No Provisioned Concurrency Config found for this function")
            }
            return json(["ProvisionedConcurrencyConfigs": .array([])])
        case .getFunctionUrlConfig: throw APIError.resourceNotFound("The resource you requested does not exist.")
        case .listFunctionUrlConfigs: return json(["FunctionUrlConfigs": .array([])])
        default: return json([:])
        }
    }
}

extension EventInvokeConfig {
    fileprivate func document(of arn: FunctionARN) -> JSONValue {
        [
            "LastModified": .number(lastModified.timeIntervalSince1970), "FunctionArn": .string(arn.description),
            "MaximumRetryAttempts": maximumRetryAttempts.map(JSONValue.integer),
            "MaximumEventAgeInSeconds": maximumEventAge.map(JSONValue.integer),
            "DestinationConfig": [
                "OnSuccess": ["Destination": onSuccess.map(JSONValue.string)],
                "OnFailure": ["Destination": onFailure.map(JSONValue.string)],
            ],
        ]
    }
}
