import LaminaErrors
import SystemPackage

/// A Python project's source that has to be built into a wheel: a folder, or a commit of a repository.
enum SourceTree: Sendable {
    case folder(FilePath)
    case git(Commit)

    struct Commit: Sendable, Hashable {
        /// As git takes it.
        var url: String
        /// The full hash.
        var id: String
        /// Of the repository, where the project is; nil for its root.
        var subdirectory: String?
    }

    var origin: LayerContent.Origin {
        switch self {
        case .folder: .folder
        case .git(let commit): .repository(url: commit.url, commit: commit.id)
        }
    }

    /// A folder inside a source tree, as a lock names it.
    ///
    /// - Throws: ``LaminaError`` `unsafe` when it leaves the tree.
    static func checked(_ subdirectory: String?) throws -> String? {
        guard let subdirectory, !subdirectory.isEmpty else { return nil }
        let path = FilePath(subdirectory)
        guard !path.isAbsolute, !path.components.contains(where: { $0.kind == .parentDirectory }) else {
            throw LaminaError(.unsafe, "the lock names the folder '\(subdirectory)', which is not inside its source")
        }
        return subdirectory
    }
}

extension SourceTree: CustomStringConvertible {
    var description: String {
        switch self {
        case .folder(let path): path.string
        case .git(let commit): "\(commit.url) at \(commit.id.prefix(12))"
        }
    }
}
