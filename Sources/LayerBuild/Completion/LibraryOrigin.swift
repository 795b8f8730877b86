import Foundation
import Interpreters
import LambdaModel
import LaminaErrors
import SystemPackage
import SystemPackages

/// Where a user wants missing shared libraries from.
public enum LibraryOrigin: Sendable, Hashable {
    /// Debian's packages by apt, for the machine's own architecture.
    case apt
    /// An RPM repository: its URL or path, or that of its mirror list.
    case repository(String, keys: [FilePath])

    /// - Parameters:
    ///   - text: `apt`, a URL or a path; empty for what the machine has.
    ///   - keys: Files of OpenPGP public keys that the packages have to be signed by.
    /// - Throws: ``LaminaError`` `toolMissing` where the machine has nothing, `invalidArgument` for keys of apt.
    public init(_ text: String, keys: [FilePath] = []) throws {
        guard text.isEmpty || text == "apt" else {
            self = .repository(text, keys: keys)
            return
        }
        guard keys.isEmpty else {
            throw LaminaError(
                .invalidArgument, "keys are for RPM repositories: name one, as in --complete-from https://…; apt has its own keys")
        }
        do {
            _ = try ToolPath.find("apt-get", install: "")
        } catch {
            throw LaminaError(
                .toolMissing,
                "there is nothing to take libraries from here: name an RPM repository, such as Amazon Linux 2023's, with --complete-from")
        }
        self = .apt
    }

    func source(for target: BuildTarget, cache: BuildCache) throws -> any LibrarySource {
        let packages = PackageCache(root: cache.root.appending("libraries"))
        switch self {
        case .apt:
            guard target.architecture == .host else {
                throw LaminaError(
                    .unsupported,
                    "apt has packages for \(Architecture.host.rawValue) here, and the layer is for \(target.architecture.rawValue): name an RPM repository with --complete-from"
                )
            }
            return DebianPackages(cache: packages)
        case .repository(let location, let keys):
            return RPMRepository(location, signatures: keys.isEmpty ? .none : .packages(keys: keys), cache: packages)
        }
    }
}
