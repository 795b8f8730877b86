import Checksum
import Foundation
import LaminaErrors
import SystemPackage
import ZipArchive

/// Jars on their way to a layer's `java/lib`, where Lambda takes them into the class path.
struct JavaLibrary {
    /// Lambda's class path has `/opt/java/lib/*.jar`, not deeper.
    static let folder = "java/lib"

    private(set) var entries: [ZipContent] = []
    private(set) var packages: [LayerContent.Package] = []

    /// - Throws: ``LaminaError`` `alreadyExists` for two artifacts whose files have the same name; `corrupt` for what is no jar.
    init(_ artifacts: [JavaArtifact]) throws {
        var placed: [String: JavaArtifact] = [:]
        for artifact in artifacts.sorted(by: { ($0.filename, $0.coordinates) < ($1.filename, $1.coordinates) }) {
            if let other = placed[artifact.filename] {
                guard try other.digest() != artifact.digest() else { continue }
                throw LaminaError(
                    .alreadyExists,
                    """
                    \(other.coordinates) and \(artifact.coordinates) are both \(artifact.filename), and a layer has one folder for all jars: \
                    exclude one of them
                    """)
            }
            placed[artifact.filename] = artifact
            try add(artifact)
        }
    }

    private mutating func add(_ artifact: JavaArtifact) throws {
        let path = FilePath(artifact.path)
        var entry = try FolderContents.file(path, as: artifact.filename)
        entry.isExecutable = false
        entries.append(entry)
        let metadata = try JarMetadata(path)
        let group = artifact.group ?? metadata.group
        let name = artifact.name ?? metadata.name ?? path.stem ?? artifact.filename
        let license = artifact.pom.flatMap { FileManager.default.contents(atPath: $0) }.flatMap { PomFile($0) }?.license ?? metadata.license
        packages.append(
            LayerContent.Package(
                .maven, name: group.map { "\($0):\(name)" } ?? name, version: artifact.version ?? metadata.version ?? "",
                file: artifact.filename, size: entry.size, license: license, sha256: try artifact.digest().hexadecimal))
    }
}
