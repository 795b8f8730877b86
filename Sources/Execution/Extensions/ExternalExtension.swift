import Foundation
import LambdaModel
import LaminaErrors
import SystemPackage

/// A file of /opt/extensions, which runs beside the runtime as a process of its own.
struct ExternalExtension: Sendable, Hashable {
    private static let folder = "/opt/extensions"

    /// The file's name, by which it registers.
    var name: String

    /// Where the sandbox sees it.
    var path: String { "\(Self.folder)/\(name)" }

    /// What layers bring, by name.
    ///
    /// - Throws: ``ExtensionLaunchFailure`` for the first that cannot be started, ``LaminaError`` `inputOutput` where the folder cannot be
    ///   read.
    static func find(in files: SandboxFiles) throws -> [ExternalExtension] {
        guard let folder = files.resolve(folder), FileStatus(folder)?.isFolder == true else { return [] }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder.string).sorted()
        } catch {
            throw LaminaError(.inputOutput, "cannot read the extensions in \(folder)", cause: error)
        }
        // A link is one, wherever it leads.
        let found = names.filter { FileStatus(folder.appending($0))?.isFolder == false }.map { ExternalExtension(name: $0) }
        for (index, external) in found.enumerated() {
            guard index < Limits.extensions else { throw ExtensionLaunchFailure(external, .tooMany) }
            if let problem = ProgramFile.problem(at: external.path, in: files) {
                throw ExtensionLaunchFailure(external, .program(problem))
            }
        }
        return found
    }
}

/// An extension that cannot be started.
struct ExtensionLaunchFailure: Error, Hashable {
    enum Cause: Sendable, Hashable {
        case program(ProgramFile.Problem)
        /// There are more than Lambda runs.
        case tooMany
    }

    var external: ExternalExtension
    var cause: Cause

    init(_ external: ExternalExtension, _ cause: Cause) { (self.external, self.cause) = (external, cause) }

    /// What the log tells of it.
    var state: PlatformEvent {
        let errorType =
            switch cause {
            case .program(.mode): "PermissionDenied"
            case .program: "UnknownError"
            case .tooMany: "TooManyExtensions"
            }
        return .extensionState(name: external.name, state: "LaunchError", events: [], errorType: errorType)
    }

    /// The fault of an invocation that needs the extension.
    var fault: InvocationFault {
        let reason =
            switch cause {
            case .program(let problem): "fork/exec \(external.path): \(problem.rawValue)"
            case .tooMany: "ErrTooManyExtensions"
            }
        return .extensionFailure(errorType: "Extension.LaunchError", reason: reason)
    }
}
