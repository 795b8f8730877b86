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

    /// Requires one architecture, where any is named.
    mutating func requireArchitecture(_ architectures: [String]?) {
        guard let architectures else { return }
        let list = "[\(architectures.joined(separator: ", "))]"
        if architectures.count != 1 {
            fail("architectures", value: list, "Member must have length \(architectures.isEmpty ? "greater" : "less") than or equal to 1")
        } else if Architecture(rawValue: architectures[0]) == nil {
            fail(
                "architectures", value: list,
                "Member must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not be null]")
        }
    }

    /// Checks the ARNs of a function's layers by their form.
    mutating func requireLayerARNs(_ layers: [String]?) {
        guard let layers, layers.contains(where: { !Pattern.layerVersionARN.matches($0) || $0.utf8.count > 2048 }) else { return }
        fail(
            "layers", value: "[\(layers.joined(separator: ", "))]",
            "Member must satisfy constraint: [Member must have length less than or equal to 2048, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: \(Pattern.layerVersionARN.text), Member must not be null]"
        )
    }

    /// Keys of 1 to 128 characters, values of at most 256.
    mutating func requireTags(_ tags: [String: String]?) {
        let isWrong = { (key: String, value: String) in
            !(1...128).contains(key.unicodeScalars.count) || value.unicodeScalars.count > 256 || !Pattern.tag.matches(key)
                || !Pattern.tag.matches(value)
        }
        guard let tags, tags.contains(where: isWrong) else { return }
        fail(
            "tags", value: "{\(tags.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", "))}",
            "Map keys must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: \(Pattern.tag.text)], Map value must satisfy constraint: [Member must have length less than or equal to 256, Member must have length greater than or equal to 0, Member must satisfy regular expression pattern: \(Pattern.tag.text)]"
        )
    }
}
