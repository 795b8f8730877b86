import ArgumentParser
import Execution

/// What functions get of this machine, by every verb that runs them.
struct SandboxOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What functions reach. host: this machine's network. none: nothing. nat: what this machine reaches, but not its loopback.",
            discussion: "Left out, nat where slirp4netns is installed, else none."))
    var functionNetwork: FunctionNetwork?

    @Option(help: "share: functions get processors by their memory when they compete. quota: never more, as on Lambda.")
    var functionCpu: FunctionProcessors = .share

    func apply(to settings: inout ExecutionSettings) {
        settings.network = functionNetwork
        settings.processors = functionCpu
    }
}

extension FunctionNetwork: ExpressibleByArgument {}
extension FunctionProcessors: ExpressibleByArgument {}
