import Checksum
import LaminaErrors

/// The hashes of files that requirements allow, which hold whatever an index says (pip: "Secure installs").
struct HashPins: Sendable {
    /// SHA-256 in lower-case hexadecimal, by normalized package name.
    private(set) var allowed: [String: Set<String>] = [:]
    /// Whether a package without a hash is refused.
    var isComplete = false

    init() {}

    /// Takes the `--hash` options of a requirements file.
    ///
    /// - Throws: ``LaminaError`` `corrupt` for what is no hash, `unsupported` for a package with hashes of other kinds alone.
    init(_ file: RequirementsFile) throws {
        isComplete = file.lines.contains { $0.words.first == "--require-hashes" }
        for line in file.lines {
            guard let name = line.packageName else { continue }
            let hashes = line.words.compactMap { word -> Substring? in
                word.hasPrefix("--hash=") ? word.dropFirst("--hash=".count) : nil
            }
            try allow(hashes.map(String.init), of: name)
        }
    }

    /// Allows hashes of a package's files, each as `sha256:…`.
    mutating func allow(_ hashes: [String], of name: String) throws {
        guard !hashes.isEmpty else { return }
        let digests = try hashes.filter { $0.hasPrefix("sha256:") }.map { text in
            guard let digest = SHA256Digest(hexadecimal: String(text.dropFirst("sha256:".count))) else {
                throw LaminaError(.corrupt, "\(name) has the hash '\(text)', which is no SHA-256")
            }
            return digest.hexadecimal
        }
        guard !digests.isEmpty else {
            throw LaminaError(.unsupported, "\(name) has no hash that begins with sha256:, and no other kind is compared")
        }
        allowed[PythonName.normalize(name), default: []].formUnion(digests)
    }

    /// Leaves in the lock only those files that are allowed.
    ///
    /// - Throws: ``LaminaError`` `hashMismatch` where none of a package's is.
    func restrict(_ lock: inout PythonLock) throws {
        guard isComplete || !allowed.isEmpty else { return }
        for index in lock.packages.indices {
            let package = lock.packages[index]
            guard let hashes = allowed[PythonName.normalize(package.name)] else {
                guard !isComplete else {
                    throw LaminaError(.hashMismatch, "--require-hashes is given, and \(package.name) has no --hash")
                }
                continue
            }
            guard package.tree == nil else {
                throw LaminaError(.hashMismatch, "\(package.name) has a --hash, and comes from a folder or repository, which has none")
            }
            lock.packages[index].wheels.removeAll { !hashes.contains($0.sha256 ?? "") }
            if let sdist = package.sdist, !hashes.contains(sdist.sha256 ?? "") { lock.packages[index].sdist = nil }
            guard !lock.packages[index].wheels.isEmpty || lock.packages[index].sdist != nil else {
                throw LaminaError(
                    .hashMismatch,
                    "none of the files of \(package.name) \(package.version ?? "") has a hash that its requirement allows: "
                        + Self.list(package))
            }
        }
    }

    private static func list(_ package: PythonLock.Package) -> String {
        let files = package.wheels + (package.sdist.map { [$0] } ?? [])
        return files.prefix(5).map { "\($0.filename) has sha256:\($0.sha256 ?? "?")" }.joined(separator: ", ")
    }
}
