import CLinux
import Foundation
import Interpreters
import LaminaErrors
import Subprocess
import SystemPackage

/// A program that keeps credentials for docker: `docker-credential-NAME` (docker-credential-helpers).
struct CredentialHelper: Sendable {
    /// Bytes of an answer.
    private static let limit = 1 << 20

    private struct Answer: Decodable {
        var Username: String
        var Secret: String
    }

    private let name: String
    private let environment: [String: String]

    /// - Throws: ``LaminaError`` `invalidArgument` for what is no name.
    init(_ helper: String, environment: [String: String]) throws {
        guard !helper.isEmpty, helper.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }) else {
            throw LaminaError(
                .invalidArgument, "docker's configuration names the credential helper '\(helper)', which is no program's name")
        }
        name = "docker-credential-\(helper)"
        self.environment = environment
    }

    /// Asks the helper; that it knows nothing of the registry is no error, as the image may be anybody's.
    func credentials(for server: String) async throws -> FoundCredentials {
        let program: FilePath
        do {
            program = try ToolPath.find(name, install: "docker's configuration names it", environment: environment)
        } catch let error as LaminaError {
            return FoundCredentials(note: error.message)
        }
        do {
            return try await ask(program, server)
        } catch let error as SubprocessError {
            throw LaminaError(.toolFailed, "\(program), which docker's configuration names for credentials, fails", cause: error)
        }
    }

    private func ask(_ program: FilePath, _ server: String) async throws -> FoundCredentials {
        let result = try await Subprocess.run(
            .path(program), arguments: ["get"], input: .fileDescriptor(Self.pipe(holding: server), closeAfterSpawningProcess: true),
            output: .string(limit: Self.limit), error: .string(limit: Self.limit))
        guard result.terminationStatus.isSuccess else {
            let words = (result.standardOutput + result.standardError).trimmingCharacters(in: .whitespacesAndNewlines)
            return FoundCredentials(note: "\(name) gives no credentials for \(server): \(words)")
        }
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(result.standardOutput.utf8)) else {
            throw LaminaError(.toolFailed, "\(name) answers with something else than credentials")
        }
        // By this name docker tells a token from a password.
        let isToken = answer.Username == "<token>"
        return FoundCredentials(credentials: isToken ? .identityToken(answer.Secret) : .password(user: answer.Username, answer.Secret))
    }

    /// A pipe's end to read a short text from. It is written ahead: a helper that does not read it is no reason for SIGPIPE.
    private static func pipe(holding text: String) throws -> FileDescriptor {
        var ends: [CInt] = [-1, -1]
        guard clinux_pipe(&ends) == 0 else { throw LaminaError.system(errno, "cannot make a pipe") }
        let (reader, writer) = (FileDescriptor(rawValue: ends[0]), FileDescriptor(rawValue: ends[1]))
        defer { try? writer.close() }
        do {
            try writer.writeAll(text.utf8)
        } catch let error as Errno {
            try? reader.close()
            throw LaminaError.system(error.rawValue, "cannot write to a pipe")
        }
        return reader
    }
}
