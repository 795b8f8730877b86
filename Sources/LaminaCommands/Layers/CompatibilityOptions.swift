import ArgumentParser

/// `--runtime` and `--architecture`, shared by the verbs that list versions.
struct CompatibilityOptions: ParsableArguments {
    @Option(help: "Only versions that name this compatible runtime.")
    var runtime: String?

    @Option(help: "Only versions that name this compatible architecture.")
    var architecture: String?
}
