import LambdaModel

extension Validation {
    /// The runtimes as AWS's messages list them.
    static var runtimeSet: String { "[\(Runtime.current.joined(separator: ", "))]" }

    mutating func requireRuntimes(_ runtimes: [String]?) {
        guard let runtimes else { return }
        let list = "[\(runtimes.joined(separator: ", "))]"
        if runtimes.count > 15 {
            fail("compatibleRuntimes", value: list, "Member must have length less than or equal to 15")
        }
        if runtimes.contains(where: { (try? Runtime($0)) == nil }) {
            fail("compatibleRuntimes", value: list, "Member must satisfy enum value set: \(Self.runtimeSet)")
        }
    }

    mutating func requireArchitectures(_ architectures: [String]?) {
        guard let architectures else { return }
        let list = "[\(architectures.joined(separator: ", "))]"
        if architectures.count > 2 {
            fail("compatibleArchitectures", value: list, "Member must have length less than or equal to 2")
        }
        if architectures.contains(where: { Architecture(rawValue: $0) == nil }) {
            fail(
                "compatibleArchitectures", value: list,
                "Member must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not be null]")
        }
    }

    /// Checks the ARNs of a function's layers by their form.
    mutating func requireLayerARNs(_ layers: [String]?) {
        guard let layers, layers.contains(where: { LayerVersionARN($0) == nil }) else { return }
        fail(
            "layers", value: "[\(layers.joined(separator: ", "))]",
            "Member must satisfy constraint: [Member must have length less than or equal to 2048, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: \(LayerVersionARN.pattern), Member must not be null]"
        )
    }
}
