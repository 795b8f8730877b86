import Checksum
import Foundation
import Interpreters
import LaminaErrors
import SystemPackage

/// A folder that stands for a JDK's at /var/lang: symbolic links to what the JDK has, and copies of the small files that distributions keep
/// elsewhere, in /etc.
///
/// A JVM knows its home by where its programs and its libjvm.so really lie, so their folders are bound into it.
struct JavaHome: Sendable, Hashable {
    /// The folder to bind at /var/lang, in the user's cache folder.
    let folder: FilePath
    /// Paths below it at which the JDK's own folders are bound.
    let mountPoints: [String]

    /// Bytes of a file that is copied.
    private static let copyLimit = 1 << 20

    /// Makes the folder, once a machine and JDK, in the user's cache folder.
    ///
    /// - Throws: ``LaminaError`` `inputOutput` when it cannot be made.
    static func prepare(_ java: JavaInterpreter) async throws -> JavaHome {
        let name = SHA256Digest(of: java.fingerprint.utf8).hexadecimal.prefix(32)
        let folder = try await CachedFolder("java-homes", "\(java.major)-\(name)").install { partial in
            try makeFolder(partial)
            for name in ["bin", "conf", "lib", "jre", "release"] { try add(name, of: java.home, to: partial) }
        }
        let places = ["bin", "jre/bin", "lib/server", "jre/lib/amd64/server", "jre/lib/aarch64/server"]
        return JavaHome(folder: folder, mountPoints: places.filter { access(folder.appending($0).string, R_OK) == 0 })
    }

    private static func add(_ name: String, of home: FilePath, to folder: FilePath) throws {
        let source = home.appending(name)
        let target = folder.appending(name).string
        let seen = "\(LanguageFolder.sharedPrefix)/\(name)"
        var status = stat()
        guard lstat(source.string, &status) == 0, name != "lib/src.zip" else { return }
        switch status.st_mode & S_IFMT {
        case S_IFDIR:
            try makeFolder(folder.appending(name))
            guard source.lastComponent != "bin", source.lastComponent != "server" else { return }
            for entry in try FileManager.default.contentsOfDirectory(atPath: source.string).sorted() {
                try add("\(name)/\(entry)", of: home, to: folder)
            }
        case S_IFLNK:
            guard let place = source.resolved else { return }
            if place.starts(with: home) || place.starts(with: "/etc/ssl") {
                try link(target, to: place.starts(with: home) ? seen : place.string)
            } else if stat(place.string, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= copyLimit,
                status.st_mode & S_IROTH != 0, !name.contains(".so")
            {
                // All may read it here, too.
                try FileManager.default.copyItem(atPath: place.string, toPath: target)
            }
        default: try link(target, to: seen)
        }
    }

    private static func makeFolder(_ path: FilePath) throws {
        try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
    }

    private static func link(_ path: String, to target: String) throws {
        guard symlink(target, path) == 0 else { throw LaminaError.system(errno, "cannot make \(path)") }
    }
}
