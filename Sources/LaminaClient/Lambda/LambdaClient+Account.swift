import LambdaModel
import LaminaErrors

extension LambdaClient {
    /// Requires that an ARN's layer is the caller's own, as a bare name's always is.
    ///
    /// - Throws: ``LaminaError`` `accessDenied` when it is another account's, whose functions cannot be seen, and when the caller's
    ///   account cannot be told.
    public func requireOwnAccount(of layer: LayerReference) async throws {
        guard let owner = layer.scope?.account else { return }
        let caller = await (try? IdentityClient(connection))?.account()
        guard let caller else {
            throw LaminaError(
                .accessDenied,
                "cannot tell whether \(layer) is your account's, as no answer tells which that is: give the layer's name, \(layer.name)")
        }
        guard caller == owner else {
            throw LaminaError(
                .accessDenied, "\(layer) is of account \(owner), whose functions you cannot see: your credentials are of account \(caller)")
        }
    }
}
