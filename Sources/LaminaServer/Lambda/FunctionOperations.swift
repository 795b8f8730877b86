import AWSWire
import Execution
import Foundation
import Hummingbird
import LambdaModel
import Registry

extension LambdaService {
    func createFunction(_ request: SignedRequest) async throws -> Response {
        let upload = try await receiveZip(request, path: ["Code", "ZipFile"], operation: "CreateFunction")
        let input = try decode(FunctionSettingsInput.self, from: upload.json)
        let code = try await blob(of: upload, input.code, by: request)
        let function = try await registry.createFunction(
            input.functionName, input.settings, architectures: input.architectures, code: code, by: request.caller)
        return try json(FunctionConfigurationOutput(function), status: .created)
    }

    func getFunction(_ request: SignedRequest, _ name: String) async throws -> Response {
        let function = try await registry.function(name, qualifier: request.query["Qualifier"], for: request.caller)
        let location = locations.url(
            .tasks, region: function.region, account: function.account, name: function.name, sha256: function.code.sha256,
            endpoint: request.endpoint)
        return try json(GetFunctionOutput(configuration: FunctionConfigurationOutput(function), code: .init(location: location)))
    }

    func getFunctionConfiguration(_ request: SignedRequest, _ name: String) async throws -> Response {
        try json(
            FunctionConfigurationOutput(try await registry.function(name, qualifier: request.query["Qualifier"], for: request.caller)))
    }

    func listFunctions(_ request: SignedRequest) async throws -> Response {
        let page = try await registry.functions(
            for: request.caller, marker: request.query["Marker"], maxItems: try integer(request, "MaxItems"))
        return try json(ListFunctionsOutput(functions: page.elements.map(FunctionConfigurationOutput.init), nextMarker: page.nextMarker))
    }

    func updateFunctionCode(_ request: SignedRequest, _ name: String) async throws -> Response {
        let upload = try await receiveZip(request, path: ["ZipFile"], operation: "UpdateFunctionCode")
        let input = try decode(UpdateFunctionCodeInput.self, from: upload.json)
        let code = try await blob(of: upload, input.location, by: request)
        let function = try await registry.updateCode(
            name, code: code, architectures: input.architectures, revisionID: input.revisionID, isDryRun: input.dryRun ?? false,
            by: request.caller)
        return try json(FunctionConfigurationOutput(function))
    }

    func updateFunctionConfiguration(_ request: SignedRequest, _ name: String) async throws -> Response {
        let input = try decode(FunctionSettingsInput.self, from: try await request.body.collect(limit: 1 << 20))
        let function = try await registry.updateConfiguration(name, input.settings, revisionID: input.revisionID, by: request.caller)
        return try json(FunctionConfigurationOutput(function))
    }

    func deleteFunction(_ request: SignedRequest, _ name: String) async throws -> Response {
        let deleted = try await registry.deleteFunction(name, qualifier: request.query["Qualifier"], by: request.caller)
        await executor.retire(deleted)
        return Response(status: .noContent)
    }
}
