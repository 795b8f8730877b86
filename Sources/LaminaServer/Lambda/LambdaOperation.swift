/// The operations of the Lambda API that this server has, by AWS's names (botocore: `lambda/2015-03-31`).
enum LambdaOperation: String, Sendable {
    case publishLayerVersion, getLayerVersion, getLayerVersionByArn, listLayers, listLayerVersions, deleteLayerVersion
    case addLayerVersionPermission, getLayerVersionPolicy, removeLayerVersionPermission
    case createFunction, getFunction, getFunctionConfiguration, listFunctions, deleteFunction, updateFunctionCode
    case updateFunctionConfiguration, publishVersion, listVersionsByFunction, invoke, invokeAsync, invokeWithResponseStream
    case createAlias, getAlias, listAliases, updateAlias, deleteAlias
    case tagResource, untagResource, listTags
    case addPermission, getPolicy, removePermission
    case putFunctionConcurrency, getFunctionConcurrency, deleteFunctionConcurrency
    case putFunctionEventInvokeConfig, updateFunctionEventInvokeConfig, getFunctionEventInvokeConfig, deleteFunctionEventInvokeConfig
    case listFunctionEventInvokeConfigs
    case getAccountSettings
    case getFunctionCodeSigningConfig, getRuntimeManagementConfig, getFunctionRecursionConfig
    case listProvisionedConcurrencyConfigs, getFunctionUrlConfig, listFunctionUrlConfigs, listEventSourceMappings

    /// AWS's name.
    var name: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }

    /// The action that a policy names for it.
    var action: String {
        switch self {
        case .invoke, .invokeAsync, .invokeWithResponseStream: "lambda:InvokeFunction"
        case .getLayerVersionByArn: "lambda:GetLayerVersion"
        default: "lambda:" + name
        }
    }
}

/// A request's operation, and what its path names.
struct LambdaRoute {
    var operation: LambdaOperation
    /// A layer, a function or a resource.
    var name = ""
    /// A version, an alias or a statement.
    var item = ""
    /// A statement of a layer version's policy.
    var statement = ""

    /// Nil where no operation has this path.
    init?(_ method: String, _ path: [String], isLayerByARN: Bool) {
        guard path.count >= 2 else { return nil }
        let rest = Array(path.dropFirst(2))
        if rest.count > 0 { name = rest[0] }
        if rest.count > 2 { item = rest[2] }
        if rest.count > 4 { statement = rest[4] }
        let tail = rest.enumerated().map { $0 == 0 || $0 == 2 || $0 == 4 ? "*" : $1 }.joined(separator: "/")
        let pattern = "\(path[1])/\(tail)"
        let isList = pattern == "layers/" && method == "GET"
        // The one path with a word where others have a name.
        guard !pattern.hasSuffix("event-invoke-config/*") || item == "list" else { return nil }
        guard let operation = isList && isLayerByARN ? .getLayerVersionByArn : Self.table["\(method) \(path[0])/\(pattern)"] else {
            return nil
        }
        self.operation = operation
    }

    private static let table: [String: LambdaOperation] = [
        "GET 2018-10-31/layers/": .listLayers,
        "POST 2018-10-31/layers/*/versions": .publishLayerVersion,
        "GET 2018-10-31/layers/*/versions": .listLayerVersions,
        "GET 2018-10-31/layers/*/versions/*": .getLayerVersion,
        "DELETE 2018-10-31/layers/*/versions/*": .deleteLayerVersion,
        "POST 2018-10-31/layers/*/versions/*/policy": .addLayerVersionPermission,
        "GET 2018-10-31/layers/*/versions/*/policy": .getLayerVersionPolicy,
        "DELETE 2018-10-31/layers/*/versions/*/policy/*": .removeLayerVersionPermission,

        "GET 2015-03-31/functions/": .listFunctions,
        "POST 2015-03-31/functions/": .createFunction,
        "GET 2015-03-31/functions/*": .getFunction,
        "DELETE 2015-03-31/functions/*": .deleteFunction,
        "GET 2015-03-31/functions/*/configuration": .getFunctionConfiguration,
        "PUT 2015-03-31/functions/*/configuration": .updateFunctionConfiguration,
        "PUT 2015-03-31/functions/*/code": .updateFunctionCode,
        "POST 2015-03-31/functions/*/versions": .publishVersion,
        "GET 2015-03-31/functions/*/versions": .listVersionsByFunction,
        "POST 2015-03-31/functions/*/invocations": .invoke,
        "POST 2021-11-15/functions/*/response-streaming-invocations": .invokeWithResponseStream,
        "POST 2014-11-13/functions/*/invoke-async": .invokeAsync,
        "POST 2015-03-31/functions/*/aliases": .createAlias,
        "GET 2015-03-31/functions/*/aliases": .listAliases,
        "GET 2015-03-31/functions/*/aliases/*": .getAlias,
        "PUT 2015-03-31/functions/*/aliases/*": .updateAlias,
        "DELETE 2015-03-31/functions/*/aliases/*": .deleteAlias,
        "POST 2015-03-31/functions/*/policy": .addPermission,
        "GET 2015-03-31/functions/*/policy": .getPolicy,
        "DELETE 2015-03-31/functions/*/policy/*": .removePermission,
        "POST 2017-03-31/tags/*": .tagResource,
        "GET 2017-03-31/tags/*": .listTags,
        "DELETE 2017-03-31/tags/*": .untagResource,
        "PUT 2017-10-31/functions/*/concurrency": .putFunctionConcurrency,
        "DELETE 2017-10-31/functions/*/concurrency": .deleteFunctionConcurrency,
        "GET 2019-09-30/functions/*/concurrency": .getFunctionConcurrency,
        "GET 2019-09-30/functions/*/provisioned-concurrency": .listProvisionedConcurrencyConfigs,
        "PUT 2019-09-25/functions/*/event-invoke-config": .putFunctionEventInvokeConfig,
        "POST 2019-09-25/functions/*/event-invoke-config": .updateFunctionEventInvokeConfig,
        "GET 2019-09-25/functions/*/event-invoke-config": .getFunctionEventInvokeConfig,
        "DELETE 2019-09-25/functions/*/event-invoke-config": .deleteFunctionEventInvokeConfig,
        "GET 2019-09-25/functions/*/event-invoke-config/*": .listFunctionEventInvokeConfigs,
        "GET 2016-08-19/account-settings/": .getAccountSettings,
        "GET 2020-06-30/functions/*/code-signing-config": .getFunctionCodeSigningConfig,
        "GET 2021-07-20/functions/*/runtime-management-config": .getRuntimeManagementConfig,
        "GET 2024-08-31/functions/*/recursion-config": .getFunctionRecursionConfig,
        "GET 2021-10-31/functions/*/url": .getFunctionUrlConfig,
        "GET 2021-10-31/functions/*/urls": .listFunctionUrlConfigs,
        "GET 2015-03-31/event-source-mappings/": .listEventSourceMappings,
    ]
}
