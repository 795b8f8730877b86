import Foundation
import Interpreters
import LaminaErrors
import SystemPackage

/// Verifies an RPM repository's signatures against given keys and no others, by `gpgv` and `rpmkeys`.
struct RPMSignatures: Sendable {
    private let keys: [FilePath]
    private let cache: PackageCache

    /// - Throws: ``LaminaError`` `invalidArgument` without a key.
    init(keys: [FilePath], cache: PackageCache) throws {
        guard !keys.isEmpty else {
            throw LaminaError(.invalidArgument, "signatures are required, and no key is given to verify them with")
        }
        self.keys = keys
        self.cache = cache
    }

    /// Verifies the detached signature of `repomd.xml`.
    ///
    /// - Throws: ``LaminaError`` `unsafe` unless one of the keys has made it.
    func verify(_ repomd: [UInt8], signature: [UInt8], of repository: RepositoryLocation) async throws {
        let gpgv = try ExternalTool("gpgv", package: "gpgv")
        try await WorkFolder.with(in: cache.work) { folder in
            let (keyring, signed, detached) = (folder.appending("keys.gpg"), folder.appending("data"), folder.appending("data.asc"))
            try Self.write(try keys.flatMap { try OpenPGPArmor.keyring($0) }, to: keyring)
            try Self.write(repomd, to: signed)
            try Self.write(signature, to: detached)
            let output = try await gpgv.answer([
                "--homedir", folder.string, "--keyring", keyring.string, "--", detached.string, signed.string,
            ])
            guard output.isSuccess else {
                throw LaminaError(
                    .unsafe, "the signature of repomd.xml of \(repository) is not good by any of the given keys:\n\(output.error)")
            }
        }
    }

    /// Verifies that each package is signed, and well.
    ///
    /// - Parameter packages: Their files, and what people call them.
    /// - Throws: ``LaminaError`` `unsafe`, naming the first package that is not.
    func verify(_ packages: [(name: String, file: FilePath)]) async throws {
        guard !packages.isEmpty else { return }
        let rpmkeys = try ExternalTool("rpmkeys", package: "rpm")
        try await WorkFolder.with(in: cache.work) { folder in
            // A database of its own: what the machine trusts does not count.
            let database = ["--dbpath", folder.string]
            for key in keys {
                try await rpmkeys.run(database + ["--import", key.string], explaining: "cannot take the key \(key)")
            }
            for (name, file) in packages {
                let output = try await rpmkeys.answer(
                    database + ["--define", "_pkgverify_level all", "--checksig", "--verbose", file.string])
                guard output.isSuccess else {
                    throw LaminaError(.unsafe, "\(name) is not signed by any of the given keys: \(Self.reason(output.text))")
                }
            }
        }
    }

    /// What rpmkeys found wrong, of the lines `Header V4 RSA/SHA512 Signature, key ID 6a437a5a: NOKEY`.
    private static func reason(_ text: String) -> String {
        let lines = text.split(separator: "\n").dropFirst().map { $0.trimmingCharacters(in: .whitespaces) }
        let wrong = lines.filter { !$0.hasSuffix(": OK") && !$0.hasSuffix(": NOTFOUND") }
        return wrong.isEmpty ? "it has no signature" : wrong.joined(separator: "; ")
    }

    private static func write(_ bytes: [UInt8], to path: FilePath) throws {
        do {
            try Data(bytes).write(to: URL(fileURLWithPath: path.string))
        } catch {
            throw LaminaError(.inputOutput, "cannot write \(path)", cause: error)
        }
    }
}
