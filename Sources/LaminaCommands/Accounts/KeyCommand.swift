import ArgumentParser

/// `lamina key`.
struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Make, list, disable and delete the keys of accounts of a server of this machine.",
        discussion: """
            A key is taken, or refused, by a running server at once.

            EXAMPLES
              lamina key create --account 111122223333
              lamina key create --account 111122223333 --access publish --format json
              lamina key list --account 111122223333
              lamina key disable AKIAEXAMPLEEXAMPLE
              lamina key delete AKIAEXAMPLEEXAMPLE
            """, subcommands: [Create.self, List.self, Disable.self, Enable.self, Delete.self])
}
