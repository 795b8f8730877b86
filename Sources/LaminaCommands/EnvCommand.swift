import ArgumentParser
import Foundation
import Storage

/// `lamina env`.
struct EnvCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "env",
        abstract: "Print the exports that let aws, boto3 and SAM use a server of this machine.",
        discussion: """
            aws reads AWS_ENDPOINT_URL from 2.13 or 1.29 on, boto3 from 1.28 on; older ones speak to AWS itself unless they are told
            --endpoint-url.

            EXAMPLES
              eval "$(lamina env)"
              eval "$(lamina env --data /tmp/lamina --region eu-west-1)"
            """)

    @OptionGroup var folder: DataOption

    @Option(help: "The region to work in.")
    var region = "us-east-1"

    func run() async throws {
        let key = try DataFolder.rootKey(of: folder.path)
        let exports = [
            ("AWS_ACCESS_KEY_ID", key.id), ("AWS_SECRET_ACCESS_KEY", key.secret), ("AWS_DEFAULT_REGION", region), ("AWS_REGION", region),
            ("AWS_ENDPOINT_URL", EndpointFile(data: folder.path).read() ?? "http://127.0.0.1:9090"),
        ]
        let lines = exports.map { name, value in "export \(name)='\(value.replacing("'", with: "'\\''"))'\n" }
        let services = ProcessInfo.processInfo.environment.keys.filter {
            $0.hasPrefix("AWS_ENDPOINT_URL_") && $0.allSatisfy(\.isNameCharacter)
        }
        try StandardOutput.write(lines.joined() + "unset \((Self.overriding + services.sorted()).joined(separator: " "))\n")
    }

    /// Variables that would take clients elsewhere all the same.
    private static let overriding = [
        "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
        "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT",
    ]
}

extension Character {
    /// Whether a shell takes it in a variable's name.
    fileprivate var isNameCharacter: Bool { isASCII && (isLetter || isNumber || self == "_") }
}
