import LambdaModel
import LaminaErrors

/// What AWS's AccessDenied for a layer may really mean: AWS answers alike for a layer that is elsewhere, absent, or not granted.
struct LayerAccessHints {
    var layer: LayerReference
    /// Nil where no version was meant.
    var version: Int?
    /// The action that was refused, as in `lambda:GetLayerVersion`.
    var action: String
    /// The region that was asked.
    var region: String
    /// The caller's account; nil where it is not known.
    var caller: String?

    /// The hints, the likeliest first.
    var lines: [String] {
        let mayBeAbsent = !["lambda:PublishLayerVersion", "lambda:ListLayerVersions"].contains(action)
        var lines: [String] = []
        if let named = layer.scope?.region, named != region {
            lines.append("the ARN names \(named), and \(region) was asked: add --region \(named)")
        } else if mayBeAbsent {
            lines.append("the layer may be in another region than \(region): give its ARN, or --region")
        }
        if mayBeAbsent {
            let what = version.map { "\(layer):\($0)" } ?? layer.text
            lines.append("\(what) may not exist, or no longer: AWS answers the same for what is absent and what is forbidden")
        }
        let isOwn = layer.scope == nil || layer.scope?.account == caller
        if !isOwn, !mayBeAbsent, let owner = layer.scope?.account {
            lines.append("the layer is \(owner)'s, who alone may do this")
            return lines
        }
        if isOwn || action != "lambda:GetLayerVersion" {
            lines.append("your user or role may lack \(action) in its own policy")
        }
        if !isOwn, let version, let owner = layer.scope?.account, action == "lambda:GetLayerVersion" {
            let grantee = caller ?? "YOUR-ACCOUNT"
            lines.append(
                """
                its owner, \(owner), may have to grant it: lamina grant \(layer):\(version) --to \(grantee), or \
                aws lambda add-layer-version-permission --layer-name \(layer) --version-number \(version) \
                --statement-id account-\(grantee) --principal \(grantee) --action lambda:GetLayerVersion
                """)
        }
        return lines
    }
}

extension LambdaClient {
    /// Adds hints to an error that the body throws, where the service's name for it may mean several things.
    func explaining<T>(
        _ layer: LayerReference, version: Int?, action: String, _ body: () async throws -> T
    ) async throws -> T {
        do {
            return try await body()
        } catch let error as LaminaError {
            switch error.serviceError?.name {
            case "AccessDeniedException":
                let caller = layer.scope == nil ? nil : await (try? IdentityClient(connection))?.account()
                let hints = LayerAccessHints(layer: layer, version: version, action: action, region: region, caller: caller)
                throw error.adding(hints: hints.lines)
            case "ResourceNotFoundException" where version != nil:
                throw error.adding(hints: ["'lamina versions \(layer)' lists what there is in \(region)"])
            default:
                throw error
            }
        }
    }
}
