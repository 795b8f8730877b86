import ArgumentParser
import Foundation
import LambdaModel
import LaminaErrors
import Storage

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

    /// `lamina key disable`.
    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Refuse a key until it is enabled again.")

        @Argument(help: "The key's id.")
        var id: String

        @OptionGroup var folder: DataOption

        func run() async throws { try KeyCommand.setDisabled(id, true, folder) }
    }

    /// `lamina key enable`.
    struct Enable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Take a disabled key again.")

        @Argument(help: "The key's id.")
        var id: String

        @OptionGroup var folder: DataOption

        func run() async throws { try KeyCommand.setDisabled(id, false, folder) }
    }

    /// `lamina key delete`.
    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete a key. In place of the root key a new one is made, which 'lamina env' prints.")

        @Argument(help: "The key's id.")
        var id: String

        @OptionGroup var folder: DataOption

        func run() async throws {
            try DataFolder.catalog(of: folder.path).writeNow { catalog in
                guard let key = try catalog.accessKey(id), try catalog.deleteAccessKey(id) else { throw KeyCommand.noKey(id) }
                guard key.isRoot else { return }
                try catalog.insert(AccessKey.make(account: key.account, access: .full, isRoot: true, created: Date()))
            }
        }
    }

    fileprivate static func setDisabled(_ id: String, _ isDisabled: Bool, _ folder: DataOption) throws {
        let found = try DataFolder.catalog(of: folder.path).writeNow { try $0.setAccessKey(id, isDisabled: isDisabled) }
        guard found else { throw KeyCommand.noKey(id) }
    }

    fileprivate static func noKey(_ id: String) -> LaminaError {
        LaminaError(.notFound, "there is no key \(id); 'lamina key list' shows those there are")
    }
}
