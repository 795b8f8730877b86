import ArgumentParser
import Execution
import Foundation
import Interpreters
import LambdaModel
import LaminaClient
import LaminaErrors
import Registry
import SystemPackage

/// Where a function comes from: what the command line says of it, read anew whenever it is to start.
actor RunSource {
    private let code: String
    private let layers: [String]
    private let options: RunFunctionOptions
    private let runtime: Runtime
    private let connection: ConnectionOptions
    /// Layer versions by their names; they never change.
    private var versions: [LayerVersionReference: (arn: String, content: RunContent)] = [:]

    init(code: String, layers: [String], options: RunFunctionOptions, runtime: Runtime, _ connection: ConnectionOptions) {
        (self.code, self.layers, self.options, self.runtime, self.connection) = (code, layers, options, runtime, connection)
    }

    /// The folders and files that the function is made of.
    nonisolated var watched: (folders: [FilePath], files: [FilePath]) {
        let paths = ([code] + layers).map { FilePath($0).resolved ?? FilePath($0).absolute }
        var isFolder: ObjCBool = false
        let folders = paths.filter { FileManager.default.fileExists(atPath: $0.string, isDirectory: &isFolder) && isFolder.boolValue }
        return (folders, paths.filter { !folders.contains($0) } + options.variableFiles.map { FilePath($0) })
    }

    /// The function as it is now, checked by AWS's rules.
    ///
    /// - Throws: `APIError` in AWS's words where AWS would refuse it, ``LaminaError`` for what is not there.
    func load() async throws -> (function: LambdaFunction, content: FunctionContent) {
        try Registry.requireLayerCount(layers.count)
        let code = try RunContent(FilePath(self.code), name: self.code)
        let operands = try layers.map { try LayerOperand($0) }
        try Registry.requireDifferentLayers(operands.compactMap(\.reference), layer: \.layer)
        let scope = Scope(account: Scope.rootAccount, region: try region(operands))
        for layer in operands.compactMap(\.layer?.scope) { try Registry.requireLayerRegion(layer.region, ofFunctionIn: scope.region) }
        var contents: [RunContent] = []
        var arns: [LayerVersionARN] = []
        for operand in operands {
            guard let reference = operand.reference else {
                contents.append(try RunContent(FilePath(operand.text), name: operand.text))
                continue
            }
            let version = try await version(reference, operand.text)
            contents.append(version.content)
            // What a name alone stands for is known only now.
            if let arn = LayerVersionARN(version.arn) { arns.append(arn) }
        }
        for warning in ([code] + contents).compactMap(\.warning) { StandardError.write(warning.printable + "\n") }
        try Registry.requireDifferentLayers(arns, layer: \.layer)
        for arn in arns { try Registry.requireLayerRegion(arn.layer.scope.region, ofFunctionIn: scope.region) }
        var settings = FunctionSettings()
        (settings.runtime, settings.handler) = (runtime.identifier, try options.handler ?? DefaultHandler.find(for: runtime, in: code))
        (settings.timeout, settings.memorySize, settings.ephemeralStorage) = (options.timeout, options.memory, options.storage)
        settings.environment = try options.environment()
        try settings.check()
        let function = LambdaFunction(
            scope: scope, name: try name(), runtime: runtime,
            handler: settings.handler ?? "", role: "arn:aws:iam::\(scope.account):role/lamina-run", description: "",
            timeout: options.timeout,
            memorySize: options.memory, ephemeralStorage: options.storage, environment: settings.environment,
            architecture: options.architecture,
            code: LambdaFunction.CodePackage(sha256: code.sha256, size: code.size, unzippedSize: code.unzippedSize),
            layers: contents.map {
                LambdaFunction.AttachedLayer(arn: $0.name, sha256: $0.sha256, size: $0.size, unzippedSize: $0.unzippedSize)
            }, lastModified: Date(), revisionID: "")
        try requireSize(function, [code] + contents)
        return (function, FunctionContent(code: code.source, layers: contents.map(\.source)))
    }

    private func version(_ reference: LayerVersionReference, _ name: String) async throws -> (arn: String, content: RunContent) {
        if let known = versions[reference] { return known }
        let lambda = try await connection.lambda(besideFunctionsOf: reference.layer)
        let version = try await lambda.version(reference)
        let (zip, digest) = try await DownloadedLayers().zip(of: version, with: lambda)
        let known = (version.item.layerVersionARN, try RunContent(zip: zip, name: name, digest: digest))
        versions[reference] = known
        return known
    }

    /// The region that a function with these layers would be in; us-east-1 where nothing names one.
    private func region(_ operands: [LayerOperand]) throws -> String {
        let flags = ConnectionSettings.Flags(region: connection.region, profile: connection.profile)
        if let named = operands.lazy.compactMap({ $0.layer?.scope?.region }).first { return named }
        return try ConnectionSettings.load(flags).region(fallback: "us-east-1")
    }

    private func name() throws -> String {
        if let name = options.name {
            guard name.isLambdaName(limit: 64) else {
                throw LaminaError(.invalidArgument, "--name \(name) is no function's name: it has 1 to 64 letters, digits, '-' and '_'")
            }
            return name
        }
        let stem = FilePath(code).absolute.lexicallyNormalized().stem ?? ""
        let name = stem.map { $0.isASCII && ($0.isLetter || $0.isNumber) || "-_".contains($0) ? $0 : "-" }.prefix(64)
        return name.isEmpty ? "function" : String(name)
    }

    /// Says what is large beside what AWS says.
    private func requireSize(_ function: LambdaFunction, _ contents: [RunContent]) throws {
        do {
            try Registry.requireSize(function)
        } catch let error as APIError {
            let sizes = contents.map { "\($0.name) has \($0.unzippedSize)" }.joined(separator: ", ")
            throw LaminaError(.limitExceeded, "\(error.message): \(sizes)")
        }
    }
}
