import LaminaErrors
import SystemPackage
import TestSupport
import Testing

@testable import LaminaClient

@Suite struct CredentialSourceTests {
    static let config = """
        [default]
        aws_access_key_id = CONFIG
        aws_secret_access_key = c

        [profile process]
        credential_process = /usr/bin/keys --for "my account"

        [profile sso]
        sso_session = corp
        aws_access_key_id = STALE
        aws_secret_access_key = s

        [profile role]
        role_arn = arn:aws:iam::111122223333:role/x
        source_profile = default

        [profile web]
        role_arn = arn:aws:iam::111122223333:role/x
        web_identity_token_file = /token

        [profile half]
        aws_access_key_id = HALF
        """
    static let credentials = """
        [default]
        aws_access_key_id = FILE
        aws_secret_access_key = f
        aws_session_token = token

        [process]
        """
    static let key = ["AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "e", "AWS_SESSION_TOKEN": "t"]

    static func source(
        _ profile: String? = nil, _ environment: [String: String] = [:], config: String? = config, credentials: String? = credentials
    ) throws -> CredentialSource {
        try ConnectionSettings(.init(profile: profile), environment: environment, config: config, credentials: credentials)
            .credentialSource
    }

    @Test func theEnvironmentsKeyCountsUnlessAProfileIsNamedOnTheCommandLine() throws {
        let environment = CredentialSource.fixed(Credentials(accessKeyID: "ENV", secret: "e", sessionToken: "t"))
        let file = CredentialSource.fixed(Credentials(accessKeyID: "FILE", secret: "f", sessionToken: "token"))
        #expect(try Self.source(nil, Self.key) == environment)
        #expect(try Self.source(nil, Self.key.merging(["AWS_PROFILE": "sso"]) { $1 }) == environment)
        #expect(try Self.source("default", Self.key) == file)
        #expect(try Self.source() == file)
    }

    @Test func theCredentialsFileCountsBeforeTheConfigFile() throws {
        #expect(try Self.source(credentials: nil) == .fixed(Credentials(accessKeyID: "CONFIG", secret: "c")))
    }

    @Test func aProgramThatPrintsCredentialsIsFound() throws {
        #expect(try Self.source("process") == .process(command: #"/usr/bin/keys --for "my account""#))
    }

    @Test(arguments: ["sso", "role", "web"]) func whatNeedsASignInIsLeftToAWSsTool(_ profile: String) throws {
        guard case .awsTool(profile, let reason) = try Self.source(profile) else { return #expect(Bool(false), "not left to it") }
        #expect(reason.contains("profile '\(profile)'"))
    }

    @Test func withoutAnythingAWSsToolIsAskedForTheMachinesRole() throws {
        guard case .awsTool(nil, _) = try Self.source(config: nil, credentials: nil) else {
            return #expect(Bool(false), "something was found")
        }
    }

    @Test func aKeyWithoutItsSecretIsRefused() {
        #expect(throws: LaminaError.self) { try Self.source(nil, ["AWS_ACCESS_KEY_ID": "ENV"]) }
        #expect(throws: LaminaError.self) { try Self.source("half") }
    }

    @Test func aProcesssCredentialsAreRead() async throws {
        try await withTemporaryFolder { folder in
            let answer = folder.appending("answer.json")
            try answer.write(
                #"{"Version": 1, "AccessKeyId": "P", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": "2030-01-01"}"#)
            let loaded = try await CredentialSource.process(command: "cat '\(answer)'").load()
            #expect(loaded == Credentials(accessKeyID: "P", secret: "s", sessionToken: "t"))
        }
    }

    @Test(arguments: ["false", "echo {}", "lamina-no-such-program", "echo '"]) func aProcessThatFailsIsAnError(_ command: String) async {
        await #expect(throws: LaminaError.self) { try await CredentialSource.process(command: command).load() }
    }

    @Test func aDescriptionKeepsTheSecret() {
        let credentials = Credentials(accessKeyID: "AK", secret: "hidden", sessionToken: "hidden")
        #expect("\(credentials)" == "access key AK")
    }
}
