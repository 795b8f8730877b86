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
        guard let layers, layers.contains(where: { LayerVersionARN($0) == nil }) else { return }
        fail(
            "layers", value: "[\(layers.joined(separator: ", "))]",
            "Member must satisfy constraint: [Member must have length less than or equal to 2048, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: \(LayerVersionARN.pattern), Member must not be null]"
        )
    }

    /// 1 to 100 characters of `[a-zA-Z0-9-_]`.
    mutating func requireStatementID(_ id: String?) {
        guard let id else { return }
        requireLength("statementId", id, atMost: 100)
        if id.isEmpty {
            fail("statementId", value: id, "Member must have length greater than or equal to 1")
        } else if !id.isLambdaName(limit: id.utf8.count) {
            fail("statementId", value: id, "Member must satisfy regular expression pattern: ([a-zA-Z0-9-_]+)")
        }
    }

    /// Requires one of some words.
    mutating func requireMember(_ member: String, _ value: String?, of words: [String]) {
        guard let value, !words.contains(value) else { return }
        fail(member, value: value, "Member must satisfy enum value set: [\(words.joined(separator: ", "))]")
    }

    /// Keys of 1 to 128 characters, values of at most 256.
    mutating func requireTags(_ tags: [String: String]?) {
        guard let tags, tags.contains(where: { !(1...128).contains($0.key.unicodeScalars.count) || $0.value.unicodeScalars.count > 256 })
        else { return }
        fail(
            "tags", value: "{\(tags.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", "))}",
            "Map keys must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1], Map value must satisfy constraint: [Member must have length less than or equal to 256, Member must have length greater than or equal to 0]"
        )
    }
}
