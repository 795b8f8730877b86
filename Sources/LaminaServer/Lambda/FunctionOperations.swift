import AWSWire
import Execution
import Foundation
import Hummingbird
import LambdaModel
import Registry
import Storage

extension LambdaService {
    func createFunction(_ request: SignedRequest) async throws -> Response {
        let upload = try await receiveZip(request, path: ["Code", "ZipFile"], operation: .createFunction)
        let input = try JSONInput(upload.json)
        let function = try await registry.createFunction(
            try NewFunction(input), upload: upload.blob, request.pins, by: request.caller)
        return json(FunctionConfiguration(function, qualifier: nil, .created).document, status: .created)
    }

    func getFunction(_ request: SignedRequest, _ name: String) throws -> Response {
        let found = try registry.function(name, qualifier: request.query["Qualifier"], for: request.caller)
        let function = found.function
        let record = try registry.record(function)
        let location = try locations.url(
            .tasks, region: function.region, account: function.account, name: function.name, sha256: function.code.sha256,
            endpoint: request.endpoint)
        let tags = record.attributes.tags ?? [:]
        return json([
            "Configuration": FunctionConfiguration(found).document,
            "Code": [
                "RepositoryType": "S3", "Location": .string(location), "ResolvedS3Object": function.code.source?.document,
            ],
            "Tags": tags.isEmpty ? nil : .map(tags),
            "Concurrency": record.reservedConcurrency.map { ["ReservedConcurrentExecutions": .integer($0)] },
        ])
    }

    func getFunctionConfiguration(_ request: SignedRequest, _ name: String) throws -> Response {
        let action = LambdaOperation.getFunctionConfiguration.action
        return json(
            FunctionConfiguration(try registry.function(name, qualifier: request.query["Qualifier"], action, for: request.caller)).document)
    }

    func listFunctions(_ request: SignedRequest) throws -> Response {
        let selection = request.query["FunctionVersion"]
        guard selection == nil || selection == "ALL" else {
            throw APIError.validation("functionVersion", value: selection ?? "", "Member must satisfy enum value set: [ALL]")
        }
        let isAll = selection == "ALL"
        let page =
            isAll
            ? try registry.allVersions(try page(request, .listFunctions), for: request.caller)
            : try registry.functions(try page(request, .listFunctions), for: request.caller)
        let functions = page.elements.map { FunctionConfiguration($0, qualifier: isAll ? $0.versionText : nil, .listed).document }
        return json(["NextMarker": marker(page.nextMarker, .listFunctions), "Functions": .array(functions)])
    }

    func updateFunctionCode(_ request: SignedRequest, _ name: String) async throws -> Response {
        let upload = try await receiveZip(request, path: ["ZipFile"], operation: .updateFunctionCode)
        let input = try JSONInput(upload.json)
        let location = try CodeLocation(input)
        var validation = Validation()
        location.validate(&validation, in: "")
        try validation.finish()
        let code = try registry.locate(upload.blob, location, for: .functionUpdate, request.pins, by: request.caller)
        let isDryRun = try input.bool("DryRun") ?? false
        let function = try await registry.updateCode(
            name, code: try await registry.package(code), architectures: try input.strings("Architectures"),
            revisionID: try input.string("RevisionId"), publishes: try input.bool("Publish") ?? false, isDryRun: isDryRun,
            by: request.caller)
        if isDryRun { await registry.collector.discard(request.pins) }
        return json(changed(function))
    }

    func updateFunctionConfiguration(_ request: SignedRequest, _ name: String) async throws -> Response {
        let input = try await input(request)
        let function = try await registry.updateConfiguration(
            name, try FunctionSettings(input), revisionID: try input.string("RevisionId"), request.pins, by: request.caller)
        return json(changed(function))
    }

    func deleteFunction(_ request: SignedRequest, _ name: String) async throws -> Response {
        let deleted = try await registry.deleteFunction(name, qualifier: request.query["Qualifier"], by: request.caller)
        await executor.retire(deleted)
        return Response(status: .noContent)
    }

    /// The answer to a change: $LATEST as it is being updated, or the version that was published of it.
    private func changed(_ function: LambdaFunction) -> JSONValue {
        function.version == 0
            ? FunctionConfiguration(function, qualifier: nil, .updated).document
            : FunctionConfiguration(function, qualifier: function.versionText, .created).document
    }
}
