import ArgumentParser

/// `lamina runtime`.
struct RuntimeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runtime", abstract: "Say what the functions of a runtime are run by.",
        discussion: """
            'lamina runtimes' lists what is found without that. A running server takes a change at the next cold start.

            EXAMPLES
              lamina runtime add ruby3.2 --interpreter /usr/bin/ruby3.1
              lamina runtime remove ruby3.2
            """, subcommands: [RuntimeAddCommand.self, RuntimeRemoveCommand.self])
}
