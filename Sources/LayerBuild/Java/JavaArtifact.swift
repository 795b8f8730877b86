import Checksum
import Foundation
import LaminaErrors
import SystemPackage

/// A jar, and what the tool that resolved it says of it.
struct JavaArtifact: Sendable, Hashable, Codable {
    /// Where it lies on this machine.
    var path: String
    /// Maven's coordinates; nil where the tool knows none.
    var group: String?
    var name: String?
    var version: String?
    /// The pom beside it.
    var pom: String?

    var filename: String { FilePath(path).lastComponent?.string ?? path }

    /// What a user knows it by.
    var coordinates: String {
        guard let group, let name, let version else { return path }
        return "\(group):\(name):\(version)"
    }

    func digest() throws -> SHA256Digest {
        do {
            return SHA256Digest(of: try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe))
        } catch {
            throw LaminaError(.inputOutput, "cannot read \(path)", cause: error)
        }
    }
}
