import LaminaErrors
import SystemPackage
import TOMLKit

/// What a pyproject.toml asks of Poetry: dependencies by group, and extras.
struct PoetryProject: Sendable {
    private struct Document: Decodable {
        var tool: Tool?
    }

    private struct Tool: Decodable {
        var poetry: Poetry?
    }

    private struct Poetry: Decodable {
        var dependencies: [String: PoetryDependencies]?
        /// Poetry 1.1's only other group.
        var development: [String: PoetryDependencies]?
        var group: [String: Group]?
        var extras: [String: [String]]?

        enum CodingKeys: String, CodingKey {
            case dependencies
            case development = "dev-dependencies"
            case group, extras
        }
    }

    private struct Group: Decodable {
        var dependencies: [String: PoetryDependencies]?
    }

    let path: FilePath
    private(set) var groups: [String: [String: PoetryDependencies]]
    let extras: [String: [String]]

    /// - Throws: ``LaminaError`` `corrupt` when the file has no table `tool.poetry`.
    init(_ path: FilePath) throws {
        let poetry: Poetry?
        do {
            poetry = try TOMLDecoder().decode(Document.self, from: try SourceText.read(path)).tool?.poetry
        } catch let error as LaminaError {
            throw error
        } catch {
            throw LaminaError(.corrupt, "\(path) is no pyproject.toml that Poetry reads", cause: error)
        }
        guard let poetry, let main = poetry.dependencies else {
            throw LaminaError(
                .corrupt, "\(path) has no tool.poetry.dependencies, which a poetry.lock before version 2.1 needs; run 'poetry lock' again")
        }
        self.path = path
        groups = (poetry.group ?? [:]).mapValues { $0.dependencies ?? [:] }
        if let development = poetry.development { groups["dev", default: [:]].merge(development) { first, _ in first } }
        groups["main"] = main.filter { $0.key != "python" }
        extras = poetry.extras ?? [:]
    }

    /// The dependencies that are asked for by group and extra.
    func roots(_ environment: MarkerEnvironment) throws -> [(name: String, dependencies: PoetryDependencies)] {
        for extra in environment.extras.sorted() where !extras.keys.contains(where: { PythonName.normalize($0) == extra }) {
            throw LaminaError(.notFound, "\(path) has no extra '\(extra)'; it has \(extras.keys.sorted().joined(separator: ", "))")
        }
        let optional = extras.filter { environment.extras.contains(PythonName.normalize($0.key)) }.values.joined()
        let chosen = Set(optional.map(PythonName.normalize))
        var roots: [(String, PoetryDependencies)] = []
        for group in ["main"] + environment.groups.sorted() {
            guard let dependencies = groups.first(where: { PythonName.normalize($0.key) == group })?.value else {
                throw LaminaError(.notFound, "\(path) has no group '\(group)'; it has \(groups.keys.sorted().joined(separator: ", "))")
            }
            for (name, dependency) in dependencies.sorted(by: { $0.key < $1.key }) {
                let isOptional = dependency.alternatives.contains { $0.optional == true }
                if !isOptional || chosen.contains(PythonName.normalize(name)) { roots.append((name, dependency)) }
            }
        }
        return roots
    }
}
