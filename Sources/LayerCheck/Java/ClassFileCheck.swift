import LambdaModel
import LaminaErrors
import ZipArchive

/// The class files of a layer's jars against the runtime's Java (JVMS 4.1).
struct ClassFileCheck {
    /// Bytes of a jar that is read.
    private static let limit = 128 << 20

    let tree: LayerTree
    let runtime: Runtime

    func findings() -> [Finding] {
        guard let java = runtime.major else { return [] }
        return tree.files(below: "java/lib").filter(isServed).compactMap { file in
            let major: Int?
            do {
                major = try Self.newestClassFile(file)
            } catch {
                return Finding(
                    .inconsistentPackage, .error, path: file.path,
                    reason: "is no jar that can be read: \((error as? LaminaError)?.message ?? "\(error)")",
                    fix: "fetch it anew")
            }
            // Major version 45 is Java 1.1's; they rise by one a Java.
            guard let major, major > java + 44 else { return nil }
            return Finding(
                .classFileTooNew, .error, path: file.path, subject: "Java \(major - 44)",
                reason:
                    "has classes for Java \(major - 44) (class file version \(major).0); \(runtime) takes up to \(java + 44).0: UnsupportedClassVersionError",
                fix: "take an older release of it, or a newer runtime")
        }
    }

    /// Whether the file is on the class path.
    private func isServed(_ file: LayerFile) -> Bool {
        file.kind == .file && file.path.hasSuffix(".jar") && file.path.split(separator: "/").count == 3
    }

    /// The class file version of a jar's classes, but for those that only a newer Java looks at.
    private static func newestClassFile(_ file: LayerFile) throws -> Int? {
        let zip = try ZipReader(try file.bytes(limit: limit))
        let classes = zip.entries.filter {
            $0.path.hasSuffix(".class") && !$0.path.hasPrefix("META-INF/versions/") && !$0.path.hasSuffix("module-info.class")
        }
        let stream = ContentStream()
        var newest: Int?
        // All of a jar are compiled together: a few tell.
        for entry in classes.prefix(3) + classes.suffix(3) {
            let start = try stream.prefix(8, of: ZipContent(path: entry.path, source: .transplant(zip, entry)))
            guard start.count >= 8, start.starts(with: [0xca, 0xfe, 0xba, 0xbe]) else { continue }
            newest = max(newest ?? 0, Int(start[6]) << 8 | Int(start[7]))
        }
        return newest
    }
}
