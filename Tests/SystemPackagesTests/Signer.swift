import Foundation
import SystemPackage
import TestSupport
import Testing

/// Signs packages and metadata with an OpenPGP key of its own.
struct Signer: Sendable {
    private let home: FilePath
    /// The armored public key.
    let publicKey: FilePath

    /// Makes a key in a new folder, whose path has to be short for the agent's socket, and ends the agent afterwards.
    static func with<T>(in home: FilePath, _ body: (Signer) async throws -> T) async throws -> T {
        try FileManager.default.createDirectory(
            atPath: home.string, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let signer = Signer(home: home, publicKey: home.appending("key.asc"))
        let result: Result<T, any Error>
        do {
            try await signer.gpg(["--passphrase", "", "--quick-generate-key", "Test <test@example.com>", "rsa2048", "sign", "never"])
            try await signer.gpg(["--armor", "--output", signer.publicKey.string, "--export"])
            result = .success(try await body(signer))
        } catch {
            result = .failure(error)
        }
        try await Tool.run("gpgconf", ["--homedir", home.string, "--kill", "all"])
        return try result.get()
    }

    private func gpg(_ arguments: [String]) async throws {
        let output = try await Tool.run("gpg", ["--homedir", home.string, "--batch", "--quiet"] + arguments)
        try #require(output.isSuccess, "\(output.error)")
    }

    func sign(package: FilePath) async throws {
        let output = try await Tool.run(
            "rpmsign",
            ["--define", "_gpg_name Test", "--define", "_gpg_path \(home)", "--define", "__gpg /usr/bin/gpg", "--addsign", package.string],
            environment: ["GNUPGHOME": home.string])
        try #require(output.isSuccess, "\(output.error)")
    }

    func sign(metadata repository: FilePath) async throws {
        let repomd = repository.appending("repodata/repomd.xml").string
        try await gpg(["--armor", "--detach-sign", "--output", "\(repomd).asc", repomd])
    }
}
