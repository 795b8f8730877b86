import Foundation
import LaminaErrors
import Subprocess
import SystemPackage

extension CredentialSource {
    /// The credentials themselves; a program is run for those that are not at hand.
    ///
    /// - Throws: ``LaminaError`` `toolMissing` where AWS's tool is needed and absent, `toolFailed` with the program's own words.
    func load() async throws -> Credentials {
        switch self {
        case .fixed(let credentials): return credentials
        case .process(let command):
            guard let words = CommandWords.split(command), let program = words.first else {
                throw LaminaError(.invalidArgument, "the profile's credential_process is not a command: \(command)")
            }
            return try await Self.run(program, Array(words.dropFirst()), failure: "credential_process '\(program)' gives no credentials")
        case .awsTool(let profile, let reason): return try await Self.exportByAWSTool(profile, reason)
        }
    }

    /// Lets AWS's own tool find credentials: `aws configure export-credentials`, which its version 1 lacks.
    private static func exportByAWSTool(_ profile: String?, _ reason: String) async throws -> Credentials {
        var arguments = ["configure", "export-credentials", "--format", "process"]
        if let profile { arguments += ["--profile", profile] }
        let failure = "no credentials: they would come from \(reason), by AWS's command line tool 2"
        let fix = """
            \n  fix: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile that has them; \
            for a server of this machine: eval "$(lamina env)"
            """
        do {
            return try await run("aws", arguments, failure: failure)
        } catch let error as LaminaError where error.code == .toolMissing {
            throw LaminaError(.toolMissing, "\(failure), and there is no 'aws' on PATH\(fix)")
        } catch let error as LaminaError {
            let version = try? await Subprocess.run(.name("aws"), arguments: ["--version"], output: .string(limit: 4096), error: .discarded)
            guard version?.standardOutput.hasPrefix("aws-cli/1.") == true else { throw LaminaError(error.code, error.message + fix) }
            throw LaminaError(.toolMissing, "\(failure), and the 'aws' on PATH is version 1\(fix)")
        }
    }

    /// Runs a program that prints credentials as AWS: "Sourcing credentials with an external process" has them.
    private static func run(_ program: String, _ arguments: [String], failure: String) async throws -> Credentials {
        let executable: Executable = program.contains("/") ? .path(FilePath(program)) : .name(program)
        let output: String
        do {
            let result = try await Subprocess.run(
                executable, arguments: Arguments(arguments), output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
            guard result.terminationStatus.isSuccess else {
                let words = result.standardError.trimmingCharacters(in: .whitespacesAndNewlines)
                let end = describe(result.terminationStatus)
                throw LaminaError(.toolFailed, "\(failure): \(end)\(words.isEmpty ? "" : ":\n\(words)")")
            }
            output = result.standardOutput
        } catch let error as SubprocessError where error.code == .executableNotFound {
            throw LaminaError(.toolMissing, "\(failure): it is not on PATH")
        }
        guard let answer = try? JSONDecoder().decode(ProcessCredentials.self, from: Data(output.utf8)), answer.version == 1 else {
            throw LaminaError(.toolFailed, "\(failure): what it printed is not JSON with Version 1, AccessKeyId and SecretAccessKey")
        }
        if let text = answer.expiration, let end = expiration(text), end <= Date() {
            throw LaminaError(.toolFailed, "\(failure): those that it printed expired at \(text)")
        }
        return Credentials(accessKeyID: answer.accessKeyID, secret: answer.secret, sessionToken: answer.sessionToken)
    }

    private static func describe(_ status: TerminationStatus) -> String {
        if case .exited(let code) = status { return "it ended with exit status \(code)" }
        return "it was ended by a signal"
    }

    /// The end that ISO 8601 tells; nil for other texts, which are left to the service to judge.
    private static func expiration(_ text: String) -> Date? {
        [false, true].lazy.compactMap { try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: $0)) }.first
    }
}

/// What a credential process prints.
private struct ProcessCredentials: Decodable {
    var version: Int
    var accessKeyID: String
    var secret: String
    var sessionToken: String?
    var expiration: String?

    enum CodingKeys: String, CodingKey {
        case version = "Version"
        case accessKeyID = "AccessKeyId"
        case secret = "SecretAccessKey"
        case sessionToken = "SessionToken"
        case expiration = "Expiration"
    }
}
