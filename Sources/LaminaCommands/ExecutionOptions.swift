import ArgumentParser
import Execution
import LambdaModel
import LaminaServer
import SystemPackage

/// How many environments a server keeps, and how long.
struct ExecutionOptions: ParsableArguments {
    private static let usual = ExecutionSettings(folder: "")

    @Option(help: "Execution environments at a time, of all functions. One that waits gives its place to one that is needed.")
    var environments = usual.environments

    @Option(help: "Invocations that an account may have under way in a region; beyond them they get TooManyRequestsException.")
    var concurrency = usual.concurrency

    @Option(help: "Seconds that an environment waits for its next invocation before it ends.")
    var idleTime = usual.idleTime / .seconds(1)

    @Option(help: "Bytes of unpacked layers and deployment packages that are kept; those in use always are.")
    var unpackedStorage = usual.unpackedSize

    @Option(help: "Days that an unpacked layer or deployment package is kept that nothing uses.")
    var unpackedAge = Int(usual.unpackedAge / .seconds(86_400))

    @Option(
        help: ArgumentHelp(
            "Keep so many environments of a function ready. Can be repeated.", valueName: "NAME[:QUALIFIER]=COUNT"))
    var provision: [String] = []

    @OptionGroup var sandbox: SandboxOptions

    func validate() throws {
        guard environments > 0, concurrency > 0 else { throw ValidationError("--environments and --concurrency are above 0") }
        guard unpackedStorage > 0, (1...3650).contains(unpackedAge) else {
            throw ValidationError("--unpacked-storage is above 0, and --unpacked-age is 1 to 3650 days")
        }
        guard (1...86_400).contains(idleTime) else { throw ValidationError("--idle-time is 1 to 86400 seconds") }
    }

    /// - Throws: `LaminaError` `invalidArgument` for a `--provision` that cannot be understood.
    func apply(to settings: inout ServerSettings) throws {
        settings.execution.environments = environments
        settings.execution.concurrency = concurrency
        settings.execution.idleTime = .seconds(idleTime)
        settings.execution.unpackedSize = unpackedStorage
        settings.execution.unpackedAge = .seconds(unpackedAge * 86_400)
        sandbox.apply(to: &settings.execution)
        let scope = Scope(account: Scope.rootAccount, region: "us-east-1")
        settings.provisioned = try provision.map { try ProvisionedFunction($0, scope: scope) }
        let count = settings.provisioned.reduce(0) { $0 + $1.count }
        guard count <= environments else {
            throw ValidationError("--provision asks for \(count) environments, and --environments allows \(environments)")
        }
    }
}
